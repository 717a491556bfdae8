import Box from '@mui/material/Box'
import { useTranslation } from 'react-i18next'
import { formatDay, formatInteger, formatStatistic } from '../../lib/format'

interface Bin {
  lower: number
  upper: number
  count: number
}

interface HistogramProps {
  fieldPath: string
  bins: readonly Bin[]
  /** Bounds are seconds since 1970 (UTC). */
  temporal: boolean
}

const HEIGHT = 72
const BAR_WIDTH = 12

/** How numbers or times spread: one bar a bin; hovering tells the bin's bounds and count. */
export function Histogram({ fieldPath, bins, temporal }: HistogramProps) {
  const { t, i18n } = useTranslation()
  const highest = Math.max(1, ...bins.map(({ count }) => count))
  const bound = (value: number) =>
    temporal ? formatDay(value, i18n.language) : formatStatistic(value, i18n.language)
  const first = bins[0]
  const last = bins.at(-1)
  if (!first || !last) return null
  return (
    <div>
      <Box
        component="svg"
        role="img"
        aria-label={t('profile.histogramOf', {
          fieldPath,
          lower: bound(first.lower),
          upper: bound(last.upper),
        })}
        viewBox={`0 0 ${bins.length * BAR_WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        sx={{
          display: 'block',
          width: 1,
          height: HEIGHT,
          color: 'primary.main',
          borderBottom: 1,
          borderColor: 'divider',
          '& rect.bar': { fill: 'currentColor', opacity: 0.75 },
          '& g:hover rect.bar': { opacity: 1 },
        }}
      >
        {bins.map((bin, index) => {
          // What is there stays visible, however small beside the highest.
          const height = bin.count === 0 ? 0 : Math.max(1.5, (bin.count / highest) * HEIGHT)
          return (
            <g key={bin.lower}>
              <title>
                {t('profile.bin', {
                  lower: bound(bin.lower),
                  upper: bound(bin.upper),
                  amount: formatInteger(bin.count, i18n.language),
                })}
              </title>
              <rect x={index * BAR_WIDTH} y={0} width={BAR_WIDTH} height={HEIGHT} fill="transparent" />
              <rect
                className="bar"
                x={index * BAR_WIDTH + 0.75}
                y={HEIGHT - height}
                width={BAR_WIDTH - 1.5}
                height={height}
              />
            </g>
          )
        })}
      </Box>
      <Box
        aria-hidden
        sx={{ display: 'flex', justifyContent: 'space-between', fontSize: '0.75rem', color: 'text.secondary', mt: 0.25 }}
      >
        <span>{bound(first.lower)}</span>
        <span>{bound(last.upper)}</span>
      </Box>
    </div>
  )
}
