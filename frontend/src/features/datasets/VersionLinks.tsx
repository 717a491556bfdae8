import Button from '@mui/material/Button'
import Stack from '@mui/material/Stack'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'

const TABS = ['data', 'profile', 'schema'] as const

/** From a version that is ready to what is in it. */
export function VersionLinks({ number }: { number: number }) {
  const { t } = useTranslation()
  const { slug } = useParams()
  return (
    <Stack direction="row" spacing={1} sx={{ ml: -0.75 }}>
      {TABS.map((tab) => (
        <Button key={tab} size="small" component={Link} to={`/datasets/${slug}/${tab}?version=${number}`}>
          {t(`tabs.${tab}`)}
        </Button>
      ))}
    </Stack>
  )
}
