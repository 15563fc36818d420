package dev.mooring.dev.architecture;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/**
 * How long a file and its methods may be. A method counts from its signature to its last brace;
 * annotations and Javadoc do not. Longer ones are for a reason, which the file states.
 */
final class Lengths {
  static final int FILE = 600;
  static final int METHOD = 40;

  private final List<String> breaches = new ArrayList<>();
  private int methods;

  private Lengths() {}

  /** Measures these sources, read by the compiler's own parser. */
  static Lengths of(List<Source> sources) throws IOException {
    Lengths lengths = new Lengths();
    Map<String, Source> byName = new HashMap<>();
    for (Source source : sources) {
      byName.put(source.getName(), source);
      lengths.measure(source, source.name, source.text.lines().count(), FILE);
    }
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "no JDK");
    JavacTask task = (JavacTask) compiler.getTask(null, null, null, List.of(), null, sources);
    SourcePositions positions = Trees.instance(task).getSourcePositions();
    for (CompilationUnitTree unit : task.parse()) {
      // the compiler hands its own wrapping of a source back
      Source source = Objects.requireNonNull(byName.get(unit.getSourceFile().getName()));
      lengths.new Methods(positions, source).scan(unit, null);
    }
    return lengths;
  }

  /** What is too long, for no stated reason. */
  List<String> breaches() {
    return breaches;
  }

  /** How many methods and constructors were measured. */
  int methods() {
    return methods;
  }

  private void measure(Source source, String what, long lines, int most) {
    if (lines > most && !source.statesWhyLongerThan(most)) {
      breaches.add(
          String.format(
              "%s has %d lines, not at most %d. HINT: part it by topic, or state"
                  + " `// longer than %d lines, because …`",
              what, lines, most, most));
    }
  }

  /** The text of one file. */
  static final class Source extends SimpleJavaFileObject {
    private final String name;
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name), Kind.SOURCE);
      this.name = name;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    private boolean statesWhyLongerThan(int lines) {
      return Pattern.compile("(?m)^\\s*// longer than " + lines + " lines, because \\S")
          .matcher(text)
          .find();
    }
  }

  private final class Methods extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final SourcePositions positions;
    private final Source source;

    private Methods(SourcePositions positions, Source source) {
      this.positions = positions;
      this.source = source;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void none) {
      CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
      long first = positions.getStartPosition(unit, method);
      for (AnnotationTree annotation : method.getModifiers().getAnnotations()) {
        first = Math.max(first, positions.getEndPosition(unit, annotation) + 1);
      }
      long last = positions.getEndPosition(unit, method);
      measure(
          source,
          source.name + ": " + method.getName(),
          unit.getLineMap().getLineNumber(last) - unit.getLineMap().getLineNumber(first) + 1,
          METHOD);
      methods++;
      return super.visitMethod(method, null);
    }
  }
}
