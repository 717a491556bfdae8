/** Operations of the account page. */
import { graphql } from '../../gql'

export const AccountPageQuery = graphql(`
  query AccountPage {
    viewer {
      id
      email
      displayName
      role
      mfaEnabled
      recoveryCodesLeft
    }
    apiKeys {
      id
      name
      prefix
      scopes
      expiresAt
      lastUsedAt
    }
    sessions {
      id
      createdAt
      lastUsedAt
      ipAddress
      userAgent
      isCurrent
    }
  }
`)

export const EnrollTotp = graphql(`
  mutation EnrollTotp {
    enrollTotp {
      secret
      qrCodeSvg
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

export const ConfirmTotp = graphql(`
  mutation ConfirmTotp($input: ConfirmTotpInput!) {
    confirmTotp(input: $input) {
      recoveryCodes
      viewer {
        id
        mfaEnabled
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

export const RenewRecoveryCodes = graphql(`
  mutation RenewRecoveryCodes {
    renewRecoveryCodes {
      recoveryCodes
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

export const DisableTotp = graphql(`
  mutation DisableTotp {
    disableTotp {
      viewer {
        id
        mfaEnabled
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

export const CreateApiKey = graphql(`
  mutation CreateApiKey($input: CreateApiKeyInput!) {
    createApiKey(input: $input) {
      apiKey {
        id
      }
      secret
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

export const RevokeApiKey = graphql(`
  mutation RevokeApiKey($input: RevokeApiKeyInput!) {
    revokeApiKey(input: $input) {
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

export const RevokeSession = graphql(`
  mutation RevokeSession($input: RevokeSessionInput!) {
    revokeSession(input: $input) {
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

export const SignOutEverywhere = graphql(`
  mutation SignOutEverywhere {
    signOutEverywhere {
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

export const ChangePassword = graphql(`
  mutation ChangePassword($input: ChangePasswordInput!) {
    changePassword(input: $input) {
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
