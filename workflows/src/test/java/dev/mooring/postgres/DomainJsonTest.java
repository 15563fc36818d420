package dev.mooring.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.temporal.common.converter.JacksonJsonPayloadConverter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The JSON of every value: what stands in histories, manifests and receipts for good. */
class DomainJsonTest {
  private static final ObjectMapper JSON = JacksonJsonPayloadConverter.newDefaultObjectMapper();

  static Stream<Arguments> values() {
    return Stream.of(
        Arguments.of(Lsn.class, Lsn.parse("9/E40000C8"), "\"9/E40000C8\""),
        Arguments.of(TimelineId.class, new TimelineId(0xFFFFFFFFL), "4294967295"),
        Arguments.of(SystemIdentifier.class, new SystemIdentifier(-1), "\"18446744073709551615\""),
        Arguments.of(WalSegmentSize.class, new WalSegmentSize(1 << 26), "67108864"),
        Arguments.of(
            WalFileName.class,
            new WalFileName("0000000100000009000000E4"),
            "\"0000000100000009000000E4\""),
        Arguments.of(InstanceState.class, InstanceState.IN_PRODUCTION, "\"in production\""),
        Arguments.of(WalLevel.class, WalLevel.LOGICAL, "\"logical\""),
        Arguments.of(ServerVersion.class, new ServerVersion(15, 20), "\"15.20\""),
        Arguments.of(MinimumRecoveryEnd.class, new MinimumRecoveryEnd.None(), "\"none\""),
        Arguments.of(
            MinimumRecoveryEnd.class,
            new MinimumRecoveryEnd.At(Lsn.parse("0/3000090"), TimelineId.FIRST),
            "\"0/3000090 on timeline 1\""),
        Arguments.of(BackupRecovery.class, new BackupRecovery.None(), "\"none\""),
        Arguments.of(
            BackupRecovery.class,
            new BackupRecovery.UntilEndRecord(Lsn.parse("0/2000028")),
            "\"from 0/2000028\""),
        Arguments.of(
            BackupRecovery.class,
            new BackupRecovery.UntilLocation(Lsn.parse("0/2000028"), Lsn.parse("0/2000100")),
            "\"from 0/2000028 to 0/2000100\""),
        Arguments.of(StopLine.class, new StopLine.None(), "{\"kind\":\"none\"}"),
        Arguments.of(
            StopLine.class,
            new StopLine.Elsewhere("after reaching consistency"),
            "{\"kind\":\"elsewhere\",\"reason\":\"after reaching consistency\"}"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void each_value_has_one_json_form(Class<?> type, Object value, String json)
      throws JsonProcessingException {
    assertThat(JSON.writeValueAsString(value)).isEqualTo(json);
    assertThat(JSON.readValue(json, type)).isEqualTo(value);
  }

  @Test
  void control_data_survives_the_way_through_a_history() throws JsonProcessingException {
    ControlData data = ControlData.parse(Captured.text("parked.controldata"));
    String json = JSON.writeValueAsString(data);
    assertThat(json)
        .isEqualTo(
            ("{'identity':{'systemIdentifier':'7710175824951194455','layout':{"
                    + "'controlVersion':1300,'catalogVersion':202209061,'walSegmentSize':1048576,"
                    + "'walBlockSize':8192,'dataPageChecksumVersion':0}},"
                    + "'state':'shut down in recovery',"
                    + "'checkpoint':{'location':'0/A4C280','redo':{'location':'0/A4C248',"
                    + "'walFile':'00000001000000000000000A'},'timeline':1,'previousTimeline':1,"
                    + "'time':'2026-11-20T09:00:02Z'},"
                    + "'recovery':{'minimumEnd':'0/A6D510 on timeline 1','backup':'none',"
                    + "'endOfBackupRecordRequired':false},"
                    + "'settings':{'walLevel':'replica','limits':{'maxConnections':100,"
                    + "'maxWorkerProcesses':8,'maxWalSenders':10,'maxPreparedTransactions':0,"
                    + "'maxLocksPerTransaction':64}}}")
                .replace('\'', '"'));
    assertThat(JSON.readValue(json, ControlData.class)).isEqualTo(data);
  }

  @Test
  void what_parsers_found_survives_the_way_through_a_history() throws JsonProcessingException {
    StartLog log = StartLog.parse(Captured.text("fatal-after-stop.log"));
    String json = JSON.writeValueAsString(log);
    assertThat(json)
        .startsWith(
            "{\"stop\":{\"kind\":\"restorePoint\","
                + "\"restorePoint\":\"sync_point_20261120_084452_a1b2c3\","
                + "\"time\":\"2026-11-20T09:00:02.315320Z\"},\"shutDownAtTarget\":false,\"fatals\":[");
    assertThat(JSON.readValue(json, StartLog.class)).isEqualTo(log);

    BackupLabel label = BackupLabel.parse(Captured.text("backup_label"));
    assertThat(JSON.writeValueAsString(label))
        .isEqualTo(
            "{\"start\":{\"location\":\"0/700028\",\"walFile\":\"000000010000000000000007\","
                + "\"timeline\":1},\"checkpoint\":\"0/700060\",\"method\":\"streamed\","
                + "\"source\":\"primary\"}");
    assertThat(JSON.readValue(JSON.writeValueAsString(label), BackupLabel.class)).isEqualTo(label);
  }

  @Test
  void histories_and_records_survive_too() throws JsonProcessingException {
    TimelineHistory history =
        TimelineHistory.parse(new TimelineId(2), Captured.text("00000002.history"));
    assertThat(JSON.writeValueAsString(history))
        .isEqualTo(
            "{\"of\":2,\"entries\":[{\"parent\":1,\"switchPoint\":\"0/D00000\","
                + "\"reason\":\"no recovery target specified\"}]}");
    assertThat(JSON.readValue(JSON.writeValueAsString(history), TimelineHistory.class))
        .isEqualTo(history);

    WalDumpRecord record = new WalDumpRecord(Lsn.parse("0/A6D4A8"), 98, "second_point");
    assertThat(JSON.writeValueAsString(record))
        .isEqualTo("{\"start\":\"0/A6D4A8\",\"totalLength\":98,\"name\":\"second_point\"}");
    assertThat(JSON.readValue(JSON.writeValueAsString(record), WalDumpRecord.class))
        .isEqualTo(record);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "dev.mooring.postgres.Lsn|\"nowhere\"|LSN must be two hexadecimal numbers",
        "dev.mooring.postgres.TimelineId|0|timeline must be 1 to",
        "dev.mooring.postgres.SystemIdentifier|\"x\"|system identifier must be a decimal number",
        "dev.mooring.postgres.WalSegmentSize|5|WAL file size must be a power of two",
        "dev.mooring.postgres.WalFileName|\"x\"|WAL file name must be 24",
        "dev.mooring.postgres.InstanceState|\"asleep\"|must be one of 'starting up'",
        "dev.mooring.postgres.WalLevel|\"archive\"|wal_level must be",
        "dev.mooring.postgres.ServerVersion|\"x\"|server version must be such as",
        "dev.mooring.postgres.MinimumRecoveryEnd|\"0/1\"|minimum recovery end must be",
        "dev.mooring.postgres.BackupRecovery|\"to 0/1\"|backup recovery must be",
        "dev.mooring.postgres.StopLine|{\"kind\":\"somewhere\"}|somewhere"
      })
  void broken_json_is_refused_with_the_reason(String type, String json, String reason) {
    assertThatThrownBy(() -> JSON.readValue(json, Class.forName(type)))
        .isInstanceOf(JsonProcessingException.class)
        .hasMessageContaining(reason);
  }
}
