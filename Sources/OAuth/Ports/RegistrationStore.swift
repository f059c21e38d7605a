/// Registrations of clients in the database, which every process sees alike. Each is the same document that a file of
/// the folder of clients holds; whether it can be understood is for the reader to say.
package protocol RegistrationStore: Sendable {
    /// Every registration, and the state they are of; `nil` while the state is still `known`. Of one moment: what
    /// comes back is never older than the state that is told with it.
    func registrations(unless known: Int64?) async throws -> StoredRegistrations?

    func registration(_ clientID: String) async throws -> StoredRegistration?

    /// `false` when there is one already. Atomic: of two simultaneous calls exactly one gets `true`.
    func add(registration document: String, of clientID: String, at now: Instant) async throws -> Bool

    /// Writes over the registration that was read with this version; `false` when it has changed since, or is gone.
    func replace(
        registration document: String, of clientID: String, version: Int64, at now: Instant
    ) async throws -> Bool

    /// Removes it, and ends every grant the client has: should its id be registered again, nothing comes back to
    /// life. `false` when there is none.
    func removeRegistration(of clientID: String, at now: Instant) async throws -> Bool

    /// Ends every grant of a client that is registered elsewhere and has been removed there. Of one that is
    /// registered here nothing is ended.
    func endGrants(ofUnregistered clientID: String, at now: Instant) async throws
}

/// One row of registration.
package struct StoredRegistration: Sendable, Equatable {
    package let clientID: String
    /// JSON, RFC 7591 §2.
    package let document: String
    /// Grows with every change of any registration; the same number never comes twice.
    package let version: Int64
    package let createdAt: Instant
    package let updatedAt: Instant

    package init(clientID: String, document: String, version: Int64, createdAt: Instant, updatedAt: Instant) {
        self.clientID = clientID
        self.document = document
        self.version = version
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// All registrations at one moment.
package struct StoredRegistrations: Sendable, Equatable {
    /// Differs from every other state's.
    package let state: Int64
    /// By client id.
    package let registrations: [StoredRegistration]

    package init(state: Int64, registrations: [StoredRegistration]) {
        self.state = state
        self.registrations = registrations
    }
}
