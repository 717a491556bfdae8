import { LineChart } from '@mui/x-charts/LineChart'
import { useDrawingArea, useXScale, useYScale } from '@mui/x-charts/hooks'
import Box from '@mui/material/Box'
import { useTheme } from '@mui/material/styles'
import { useTranslation } from 'react-i18next'
import { useMeasureText } from '../../../components/quality/useMeasureText'
import type { ComparisonOperator, QualityStatus } from '../../../gql/graphql'
import { formatDateTime } from '../../../lib/format'

export interface TrendPoint {
  status: QualityStatus
  metricName: string
  value: number | null
  operator: ComparisonOperator | null
  threshold: number | null
  upperThreshold: number | null
  checkedAt: string
  version: { number: number }
}

interface TrendChartProps {
  /** Newest first. */
  results: readonly TrendPoint[]
  label: string
}

const HEIGHT = 240

/** How a measured value has moved from run to run, and the band in which it is accepted. */
export default function TrendChart({ results, label }: TrendChartProps) {
  const { i18n } = useTranslation()
  const measure = useMeasureText()
  const points = results.toReversed()
  const metricName = results[0]?.metricName ?? ''
  const ends = points.flatMap(({ value, threshold, upperThreshold }) => [value, threshold, upperThreshold]).filter((one) => one !== null)
  const low = Math.min(...ends, 0)
  const high = Math.max(...ends)
  const room = (high - low || 1) * 0.08
  return (
    <Box role="img" aria-label={label} sx={{ width: 1 }}>
      <LineChart
        height={HEIGHT}
        margin={{ top: 12, right: 16, bottom: 4, left: 4 }}
        hideLegend
        skipAnimation
        xAxis={[
          {
            scaleType: 'point',
            data: points.map((_point, index) => index),
            valueFormatter: (index: number, { location }) => {
              const point = points[index]
              if (!point) return ''
              return location === 'tick' ? `v${point.version.number}` : `v${point.version.number} · ${formatDateTime(point.checkedAt, i18n.language)}`
            },
          },
        ]}
        yAxis={[{ min: low < 0 ? low - room : low, max: high + room, width: 64, valueFormatter: (value: number) => measure.value(value, metricName) }]}
        series={[
          {
            data: points.map(({ value }) => value),
            valueFormatter: (value) => measure.value(value, metricName),
            curve: 'linear',
            showMark: false,
            color: 'var(--mui-palette-primary-main)',
          },
        ]}
        grid={{ horizontal: true }}
      >
        <AcceptedBand points={points} />
        <Marks points={points} />
      </LineChart>
    </Box>
  )
}

/** Where the value is accepted; null: it was not compared. An end that is open is infinite. */
export function acceptedOf({ operator, threshold, upperThreshold }: TrendPoint): [number, number] | null {
  if (operator === null || threshold === null) return null
  switch (operator) {
    case 'LESS_THAN':
    case 'LESS_OR_EQUAL':
      return [Number.NEGATIVE_INFINITY, threshold]
    case 'GREATER_THAN':
    case 'GREATER_OR_EQUAL':
      return [threshold, Number.POSITIVE_INFINITY]
    case 'EQUAL':
      return [threshold, threshold]
    case 'BETWEEN':
      return [threshold, upperThreshold ?? threshold]
    // What is accepted lies on both sides: the lines alone say it.
    default:
      return null
  }
}

/** Drawn run by run: the band of an anomaly rule moves with what was measured before. */
function AcceptedBand({ points }: { points: readonly TrendPoint[] }) {
  const theme = useTheme()
  const x = useXScale<'point'>()
  const y = useYScale<'linear'>()
  const { left, top, width, height } = useDrawingArea()
  const clamp = (at: number) => Math.min(top + height, Math.max(top, at))
  const edge = (value: number) =>
    value === Number.POSITIVE_INFINITY ? top : value === Number.NEGATIVE_INFINITY ? top + height : clamp(y(value))
  const half = points.length > 1 ? width / (points.length - 1) / 2 : width / 2
  return (
    <g aria-hidden>
      {points.map((point, index) => {
        const band = acceptedOf(point)
        const lines = [point.threshold, point.upperThreshold].filter((one) => one !== null)
        const middle = x(index) ?? left
        const from = Math.max(left, middle - half)
        const to = Math.min(left + width, middle + half)
        const upper = band ? edge(band[1]) : 0
        const lower = band ? edge(band[0]) : 0
        return (
          <g key={index}>
            {band && (
              <rect x={from} y={upper} width={Math.max(0, to - from)} height={Math.max(1.5, lower - upper)} fill={theme.vars?.palette.success.main} opacity={0.13} />
            )}
            {lines.map((line, at) => (
              <line
                key={at}
                x1={from}
                x2={to}
                y1={clamp(y(line))}
                y2={clamp(y(line))}
                stroke={theme.vars?.palette.success.main}
                strokeWidth={1.5}
                strokeDasharray="5 3"
              />
            ))}
          </g>
        )
      })}
    </g>
  )
}

/** One mark a run; what failed is a square, so that it is told without its colour. */
function Marks({ points }: { points: readonly TrendPoint[] }) {
  const theme = useTheme()
  const x = useXScale<'point'>()
  const y = useYScale<'linear'>()
  const palette = theme.vars?.palette ?? theme.palette
  const colors: Record<QualityStatus, string> = {
    PASS: palette.success.main,
    WARN: palette.warning.main,
    FAIL: palette.error.main,
    ERROR: palette.secondary.main,
    SKIPPED: palette.text.secondary,
  }
  return (
    <g aria-hidden style={{ pointerEvents: 'none' }}>
      {points.map(({ value, status }, index) => {
        if (value === null) return null
        const at = { cx: x(index) ?? 0, cy: y(value) }
        if (status === 'FAIL') {
          return <rect key={index} x={at.cx - 4.5} y={at.cy - 4.5} width={9} height={9} fill={colors[status]} />
        }
        return <circle key={index} {...at} r={4} fill={colors[status]} />
      })}
    </g>
  )
}
