import { useApolloClient, useSubscription } from '@apollo/client/react'
import NotificationsIcon from '@mui/icons-material/Notifications'
import Badge from '@mui/material/Badge'
import IconButton from '@mui/material/IconButton'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { graphql } from '../../../gql'
import { withTexts } from '../../../lib/i18n'

const InboxPanel = lazy(withTexts(() => import('./InboxPanel')))

const NotificationsChanged = graphql(`
  subscription NotificationBell {
    notificationsChanged {
      sequence
      unreadCount
      notification {
        id
      }
    }
  }
`)

/** How many notifications are unread, live; they are listed behind it. */
export default function NotificationBell() {
  const { t } = useTranslation()
  const client = useApolloClient()
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [unread, setUnread] = useState(0)
  useSubscription(NotificationsChanged, {
    onData: ({ data: { data } }) => {
      const event = data?.notificationsChanged
      if (!event) return
      setUnread(event.unreadCount)
      // What has come is listed when the list is shown.
      if (event.notification) client.cache.evict({ id: 'ROOT_QUERY', fieldName: 'notifications' })
    },
  })
  return (
    <>
      <IconButton
        aria-label={unread > 0 ? t('bell.unread', { count: unread }) : t('bell.none')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ mr: 1 }}
      >
        {/* No badge without a number: one that hides a "0" says another word than the label. */}
        {unread > 0 ? (
          <Badge badgeContent={unread} max={99} color="error">
            <NotificationsIcon />
          </Badge>
        ) : (
          <NotificationsIcon />
        )}
      </IconButton>
      {anchor && (
        <Suspense>
          <InboxPanel anchor={anchor} onClose={() => setAnchor(null)} />
        </Suspense>
      )}
    </>
  )
}
