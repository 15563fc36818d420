package dev.mooring.topology;

/**
 * Where copies of the cluster run.
 *
 * @param name its name; the worker there serves the task queue {@code mooring-<name>}
 * @param consume what starts a DrConsume here
 * @param archive where this site's hosts see the WAL archive
 */
public record Site(SiteName name, ConsumeTrigger consume, Archive archive) {

  /** What starts a DrConsume at a site. */
  public enum ConsumeTrigger {
    /** A person or a schedule. */
    MANUAL,
    /** Every READY restore point. */
    ON_PUBLISH
  }

  /**
   * The WAL archive as a host of the site sees it.
   *
   * @param directory path with {@code {content}} for the content id
   * @param restoreCommand what fetches one file, with {@code %f} and {@code %p} as in PostgreSQL
   *     and {@code {archive}} for the directory, {@code {content}} for the content id
   */
  public record Archive(String directory, String restoreCommand) {

    /** The archive directory of one content. */
    public String directoryOf(ContentId content) {
      return directory.replace("{content}", content.toString());
    }

    /** The restore command of one content; %f and %p are left for the restore gate. */
    public String restoreCommandOf(ContentId content) {
      return restoreCommand
          .replace("{archive}", directoryOf(content))
          .replace("{content}", content.toString());
    }
  }
}
