/** Every length of the drawing, in pixels. */
export const SIZES = {
  /** Around everything. */
  margin: 24,
  /** Pipeline name and counts above the stages. */
  header: 56,
  cardWidth: 204,
  cardHeight: 50,
  /** A further line of text in a card, for its condition. */
  cardLine: 15,
  cardGap: 14,
  /** Inside a stage, around its cards. */
  padding: 14,
  stageHeader: 36,
  stageLine: 15,
  /** Between stages that stand above each other. */
  stageGap: 28,
  /** A matrix: its header, its cells and what is between them. */
  matrixHeader: 28,
  cellHeight: 24,
  cellGap: 4,
  matrixPadding: 8,
  /** Cells above this number stand in two columns, above three times of it in three. */
  matrixRows: 10,
  /** Cards of one column end here and go on in another. */
  columnHeight: 620,
  /** Between two parallel lines. */
  track: 9,
  /** Between a card and the first line beside it. */
  trackMargin: 15,
  /** Between rows of stages. */
  rowGap: 44,
  /** More room before the stages that run whatever the outcome. */
  apart: 24,
  /** How round a corner of an edge is. */
  radius: 7,
} as const;
