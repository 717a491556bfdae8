import Alert from '@mui/material/Alert'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { IncidentCard_incidentFragment, IncidentStage } from '../../../gql/graphql'
import { formatInteger } from '../../../lib/format'
import { IncidentCard } from './IncidentCard'
import { STAGES } from './stages'
import { useMoveIncident } from './useMoveIncident'

/** Incidents by how far people have come with them. */
export function IncidentBoard({ incidents }: { incidents: readonly IncidentCard_incidentFragment[] }) {
  const { t, i18n } = useTranslation()
  const { move, problem, forget } = useMoveIncident()
  const [over, setOver] = useState<IncidentStage | null>(null)
  const [told, setTold] = useState('')

  async function put(incident: IncidentCard_incidentFragment, stage: IncidentStage) {
    if (incident.stage === stage) return
    if (await move(incident, stage)) setTold(t('incidents.moved', { title: incident.title, stage: t(`incidentStage.${stage}`) }))
  }

  return (
    <div>
      {problem && (
        <Alert severity="error" onClose={forget} sx={{ mb: 2 }}>
          {problem}
        </Alert>
      )}
      <Box role="status" sx={{ position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' }}>
        {told}
      </Box>
      <Box
        sx={{
          display: 'grid',
          gap: 2,
          overflowX: { lg: 'visible', xs: 'visible' },
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', md: 'repeat(5, minmax(0, 1fr))' },
        }}
      >
        {STAGES.map((stage) => {
          const here = incidents.filter((one) => one.stage === stage)
          return (
            <Box
              key={stage}
              component="section"
              aria-label={t(`incidentStage.${stage}`)}
              onDragOver={(event) => {
                event.preventDefault()
                setOver(stage)
              }}
              onDragLeave={() => setOver(null)}
              onDrop={(event) => {
                event.preventDefault()
                setOver(null)
                const dropped = incidents.find(({ id }) => id === event.dataTransfer.getData('text/plain'))
                if (dropped) void put(dropped, stage)
              }}
              sx={{
                bgcolor: over === stage ? 'action.selected' : 'action.hover',
                borderRadius: 1,
                p: 1.25,
                minHeight: { xs: 0, md: 280 },
              }}
            >
              <Typography variant="h3" component="h2" sx={{ px: 0.5, mb: 1.25 }}>
                {t(`incidentStage.${stage}`)}{' '}
                <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>
                  {formatInteger(here.length, i18n.language)}
                </Box>
              </Typography>
              <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, display: 'grid', gap: 1.25 }}>
                {here.map((incident) => (
                  <IncidentCard key={incident.id} incident={incident} onMove={(next) => void put(incident, next)} />
                ))}
              </Box>
            </Box>
          )
        })}
      </Box>
    </div>
  )
}
