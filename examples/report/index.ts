export { type AgreementFigureOptions, agreementFigure } from "./agreementFigure";
export { peakTimeOrder } from "./channelOrder";
export { type FigureOptions, figure, figureGrid, type LegendEntry } from "./figure";
export { type HeatmapFigureOptions, heatmapFigure, type RowGroup } from "./heatmapFigure";
export { Html, type HtmlValue, html } from "./html";
export { type LearningCurve, learningCurves } from "./learningCurves";
export { type LineFigureOptions, type LineSeries, lineFigure, type Marker } from "./lineFigure";
export { card, type PageOptions, page, type Section } from "./page";
export { accent, type Color, ink, seriesColor } from "./palette";
export { type PathFigureOptions, type PlanePath, pathFigure } from "./pathFigure";
export type { PlanePoint } from "./plane";
export { type PlaneFigureOptions, planeFigure } from "./planeFigure";
export { type PopulationFigureOptions, type PopulationPoint, populationFigure } from "./populationFigure";
export { type RasterFigureOptions, rasterFigure } from "./rasterFigure";
export { type ReportInput, renderReport } from "./renderReport";
export { factList, headline, type ResultTable, resultTable } from "./resultTable";
export { type ScatterFigureOptions, scatterFigure } from "./scatterFigure";
export { type TracesFigureOptions, tracesFigure } from "./tracesFigure";
export {
  type DecodedBehavior,
  peakHz,
  type ReportTrial,
  type TrialCardOptions,
  trialCard,
} from "./trialCard";
export { trialSection } from "./trialSection";
