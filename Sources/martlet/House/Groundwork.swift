import Cryptography
import Identity
import Logging
import OAuth
import Storage

/// What is opened before the house can be built, and what tests turn by hand.
struct Groundwork: Sendable {
    let settings: Settings
    let store: Store
    let masterKey: SealingKey
    let vault: SigningKeyVault
    let registry: RegisteredClients
    let clock: any WallClock
    let random: any RandomSource
    let audit: any AuditLog
    let explanations: StoredExplanations
    let logger: Logger
    var metrics = MetricsBoard()
    /// The part of `audit` that must be closed before the store is.
    var storedAudit: StoredAudit?
    /// Tests put a gate in its place.
    var passwordScheme: any PasswordScheme = ImportingScheme()
    /// Tests put scripted providers in the place of those of the settings.
    var conversations: [any UpstreamConversation]?
    var places: any PlaceDirectory = NoPlaces()
    /// `nil`: no mail goes out.
    var mailer: (any Mailer)?
}

extension Groundwork {
    var people: People {
        People(accounts: store, issuer: settings.issuer.text, attributes: settings.profileAttributes)
    }
}
