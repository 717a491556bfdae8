/** Channels, deliveries and the inbox, and what people do with them. */
import { graphql } from '../../../gql'

export const ChannelsQuery = graphql(`
  query NotificationChannels {
    notificationChannels(first: 100) {
      edges {
        cursor
        node {
          id
          ...ChannelRow_channel
        }
      }
    }
  }
`)

export const ChannelRow_channel = graphql(`
  fragment ChannelRow_channel on NotificationChannel {
    id
    name
    type
    target
    events
    scope
    enabled
    disabledReason
    disabledReasonPhrase {
      code
      params
    }
    previousSecretUntil
    subjectTemplate
    bodyTemplate
    owner {
      id
      displayName
    }
    team {
      id
      name
    }
    datasets {
      id
      name
      slug
    }
  }
`)

/** What the form offers: teams whose channel it may become, and what own words may name. */
export const ChannelFormQuery = graphql(`
  query ChannelForm {
    viewer {
      id
      teams {
        id
        name
      }
    }
    notificationVariables {
      name
      description
    }
  }
`)

export const PreviewQuery = graphql(`
  query NotificationPreview($subjectTemplate: String, $bodyTemplate: String) {
    notificationPreview(subjectTemplate: $subjectTemplate, bodyTemplate: $bodyTemplate) {
      subject
      body
    }
  }
`)

export const DatasetsFieldQuery = graphql(`
  query DatasetsField($prefix: String!) {
    suggestDatasets(prefix: $prefix) {
      id
      name
      slug
    }
  }
`)

export const DeliveriesQuery = graphql(`
  query NotificationDeliveries($channelId: ID!) {
    node(id: $channelId) {
      id
      ... on NotificationChannel {
        name
        deliveries(first: 30) {
          edges {
            cursor
            node {
              id
              ...DeliveryRow_delivery
            }
          }
        }
      }
    }
  }
`)

export const DeliveryRow_delivery = graphql(`
  fragment DeliveryRow_delivery on NotificationDelivery {
    id
    status
    isTest
    attempts
    responseCode
    responseExcerpt
    error
    errorPhrase {
      code
      params
    }
    nextAttemptAt
    createdAt
    title
    titlePhrase {
      code
      params
    }
  }
`)

export const CreateChannel = graphql(`
  mutation CreateNotificationChannel($input: CreateNotificationChannelInput!) {
    createNotificationChannel(input: $input) {
      channel {
        id
      }
      signingSecret
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

export const UpdateChannel = graphql(`
  mutation UpdateNotificationChannel($input: UpdateNotificationChannelInput!) {
    updateNotificationChannel(input: $input) {
      channel {
        id
        ...ChannelRow_channel
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
        path
      }
    }
  }
`)

export const DeleteChannel = graphql(`
  mutation DeleteNotificationChannel($input: DeleteNotificationChannelInput!) {
    deleteNotificationChannel(input: $input) {
      deletedId
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

export const RotateSecret = graphql(`
  mutation RotateSigningSecret($input: RotateSigningSecretInput!) {
    rotateSigningSecret(input: $input) {
      channel {
        id
        ...ChannelRow_channel
      }
      signingSecret
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

export const SendTest = graphql(`
  mutation SendTestNotification($input: SendTestNotificationInput!) {
    sendTestNotification(input: $input) {
      delivery {
        id
        ...DeliveryRow_delivery
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)

export const ReplayDelivery = graphql(`
  mutation ReplayNotificationDelivery($input: ReplayNotificationDeliveryInput!) {
    replayNotificationDelivery(input: $input) {
      delivery {
        id
        ...DeliveryRow_delivery
      }
      errors {
        code
        message
        messagePhrase {
          code
          params
        }
      }
    }
  }
`)
