/** Pictures of the results, drawn by Vega: one SVG each, the same on every machine. */
import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';

import { nodeMajor } from './machine.js';
import type { Figures, Result } from './measure.js';

/** A point of a picture; what its fields are called is what stands at the axes. */
type Point = Readonly<Record<string, string | number>>;

/** A picture: its points, and how they are drawn. */
interface Plot {
  /** What one sees, for who does not see it. */
  readonly title: string;
  readonly points: (results: readonly Result[]) => Point[];
  readonly spec: (points: Point[]) => TopLevelSpec;
}

/** Whose colour stays the same in all pictures. */
const COLOURS: Readonly<Record<string, string>> = {
  generator: '#0b6e4f',
  async: '#6bbf59',
  callbacks: '#b2df8a',
  native: '#d1495b',
  net: '#d1495b',
  'node:http': '#d1495b',
  asyncio: '#edae49',
  uvloop: '#a47148',
};
const OTHERS = ['#30638e', '#8e6bbf', '#7f7f7f', '#00798c', '#c17ba0', '#444444'];

/** A colour for everybody who is in the picture. */
function colours(points: readonly Point[], field: string) {
  const domain = [...new Set(points.map((point) => String(point[field])))];
  const known = domain.filter((name) => name in COLOURS);
  const others = domain.filter((name) => !(name in COLOURS)).sort();
  return {
    domain: [...known, ...others],
    range: [
      ...known.map((name) => COLOURS[name] as string),
      ...others.map((_, at) => OTHERS[at % OTHERS.length] as string),
    ],
  };
}

const nodeOf = ({ machine }: Result): string => `Node ${nodeMajor(machine.node)}`;

/** Who it is: `generator, none, gather` is a generator; a Python says its loop. */
const whoOf = ({ subject }: Figures): string =>
  subject.replace(/^callLater$/, 'callbacks').replace(/(, | \(| \d).*$/, '');

/** What of it, of how many: the rest of the name. */
const variantOf = ({ subject }: Figures): string =>
  subject.includes(', ') ? subject.slice(subject.indexOf(', ') + 2) : '';

const countOf = (figures: Figures): number =>
  Number((/([\d,]+)$/.exec(variantOf(figures))?.[1] ?? '').replaceAll(',', ''));

const MINE = ['generator', 'async', 'callbacks'];
const isMine = (figures: Figures): boolean => MINE.includes(whoOf(figures));

const config = {
  background: 'white',
  padding: 12,
  config: {
    font: 'sans-serif',
    view: { stroke: '#dddddd' },
    axis: { gridColor: '#eeeeee', labelLimit: 320, titleFontWeight: 'normal' as const },
    header: { title: null, labelFontSize: 12 },
  },
};

/** Rows that are about how it grows have pictures of their own. */
const OWN_PICTURE = ['growth', 'sleepers', 'depth', 'size', 'connections'];

const speed: Plot = {
  title: 'How many times what the reference of its row takes, on each Node; the ticks are limits',
  points: (results) =>
    results
      .filter(({ row }) => !OWN_PICTURE.includes(row))
      .flatMap((result) =>
        result.subjects.filter(isMine).flatMap((figures): Point[] => {
          const variant = variantOf(figures);
          if (figures.ratio === null) return [];
          const limit = result.verdicts.find(
            ({ subject, of, what }) =>
              subject === figures.subject &&
              of === (figures.against ?? result.against) &&
              what === undefined,
          )?.atMost;
          return [
            {
              node: nodeOf(result),
              row: variant === '' ? result.row : `${result.row}: ${variant}`,
              subject: whoOf(figures),
              ratio: figures.ratio,
              ...(limit === undefined ? {} : { limit }),
            },
          ];
        }),
      ),
  spec: (points) => {
    const rows = [...new Set(points.map(({ row }) => String(row)))];
    const y = {
      field: 'row',
      type: 'nominal',
      sort: rows,
      title: null,
      axis: { grid: true },
    } as const;
    const scale = { type: 'log' } as const;
    const color = {
      field: 'subject',
      type: 'nominal',
      scale: colours(points, 'subject'),
      title: null,
    } as const;
    return {
      ...config,
      data: { values: points },
      facet: { column: { field: 'node', type: 'ordinal' } },
      spec: {
        width: 300,
        height: { step: 18 },
        layer: [
          {
            mark: { type: 'rule', color: '#999999' },
            encoding: { x: { datum: 1, type: 'quantitative', scale } },
          },
          {
            mark: { type: 'tick', thickness: 2, size: 13 },
            transform: [{ filter: 'isValid(datum.limit)' }],
            encoding: { x: { field: 'limit', type: 'quantitative', scale }, y, color },
          },
          {
            mark: { type: 'point', filled: true, size: 55, opacity: 1 },
            encoding: {
              x: {
                field: 'ratio',
                type: 'quantitative',
                scale,
                title: 'times the reference (less is better)',
              },
              y,
              color,
            },
          },
        ],
      },
    };
  },
};

const sleepers: Plot = {
  title: 'The most memory of a process with one to a million sleeping tasks',
  points: (results) =>
    results
      .filter(({ row }) => row === 'sleepers')
      .flatMap((result) =>
        result.subjects.flatMap((figures): Point[] =>
          figures.memory === undefined
            ? []
            : [
                {
                  node: nodeOf(result),
                  subject: whoOf(figures),
                  tasks: countOf(figures),
                  megabytes: figures.memory.bytes / 1e6,
                },
              ],
        ),
      ),
  spec: (points) => lines(points, 'megabytes', 'MB (less is better)', 'log'),
};

const growth: Plot = {
  title: 'What a task costs, to make and to switch to, with a thousand to a million of them',
  points: (results) =>
    results
      .filter(({ row }) => row === 'growth')
      .flatMap((result) =>
        result.subjects.map((figures) => ({
          node: nodeOf(result),
          what: variantOf(figures).split(',')[0] as string,
          subject: whoOf(figures),
          tasks: countOf(figures),
          nanoseconds: figures.nanoseconds,
        })),
      ),
  spec: (points) => lines(points, 'nanoseconds', 'ns (less is better)', 'linear'),
};

/** Lines over the number of tasks: a column for each Node, a row of pictures for each thing that is measured. */
function lines(
  points: Point[],
  field: string,
  title: string,
  type: 'linear' | 'log',
): TopLevelSpec {
  const several = points.some(({ what }) => what !== undefined);
  return {
    ...config,
    data: { values: points },
    width: 300,
    height: 200,
    mark: { type: 'line', point: true },
    encoding: {
      x: {
        field: 'tasks',
        type: 'quantitative',
        scale: { type: 'log' },
        axis: { format: '~s', tickCount: 7 },
      },
      y: { field, type: 'quantitative', scale: { type }, title },
      color: { field: 'subject', type: 'nominal', scale: colours(points, 'subject'), title: null },
      column: { field: 'node', type: 'ordinal' },
      ...(several ? { row: { field: 'what', type: 'nominal' } } : {}),
    },
    resolve: { scale: { y: several ? 'independent' : 'shared' } },
  };
}

const SERVERS = ['tcp-line', 'http'];

const server: Plot = {
  title: 'How long the process of a server is on the processor for a request',
  points: (results) =>
    results
      .filter(({ row }) => SERVERS.includes(row))
      .flatMap((result) =>
        result.subjects.map((figures) => ({
          node: nodeOf(result),
          // A Python takes part with 16 in flight.
          row: [result.row, variantOf(figures) || (result.row === 'tcp-line' ? 'P 16' : '')]
            .filter((word) => word !== '')
            .join(', '),
          subject: whoOf(figures),
          microseconds: figures.nanoseconds / 1e3,
        })),
      ),
  spec: (points) => ({
    ...config,
    data: { values: points },
    width: 300,
    height: { step: 18 },
    mark: 'bar',
    encoding: {
      x: {
        field: 'microseconds',
        type: 'quantitative',
        title: 'microseconds on the processor (less is better)',
      },
      y: { field: 'subject', type: 'nominal', sort: 'x', title: null },
      color: {
        field: 'subject',
        type: 'nominal',
        scale: colours(points, 'subject'),
        legend: null,
      },
      column: { field: 'node', type: 'ordinal' },
      row: { field: 'row', type: 'nominal' },
    },
    resolve: { scale: { x: 'independent', y: 'independent' } },
  }),
};

const plots = { speed, sleepers, growth, server } as const;

export type PlotName = keyof typeof plots;

export const PLOTS = Object.keys(plots) as PlotName[];

export const titleOf = (name: PlotName): string => plots[name].title;

/** Whether there is anything to draw. */
export const isMeasured = (name: PlotName, results: readonly Result[]): boolean =>
  plots[name].points(results).length > 0;

/** The picture as SVG; null: nothing of it has been measured yet. */
export async function draw(name: PlotName, results: readonly Result[]): Promise<string | null> {
  const points = plots[name].points(results);
  if (points.length === 0) return null;
  const view = new View(parse(compile(plots[name].spec(points)).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return `${svg}\n`;
}
