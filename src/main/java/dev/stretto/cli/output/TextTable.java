package dev.stretto.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Rows of cells as lines of people's text. By hand, as picocli's table aligns no column to the
 * right, and wraps or cuts what is wider than it was told.
 */
public final class TextTable {

  private TextTable() {}

  /**
   * Pads every column to its widest cell; no line ends with spaces.
   *
   * @param rows each with as many cells as the first
   * @param left how many columns, from the first, are aligned to the left; the others are numbers
   */
  public static List<String> aligned(List<List<String>> rows, int left) {
    int columns = rows.getFirst().size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int column = 0; column < columns; column++) {
        widths[column] = Math.max(widths[column], row.get(column).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String form = (column == 0 ? "%" : "  %") + (column < left ? "-" : "");
        line.append(
            String.format(Locale.ROOT, form + Math.max(1, widths[column]) + "s", row.get(column)));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
