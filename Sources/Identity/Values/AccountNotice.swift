import OAuth

/// Something about the safety of an account that its person is told, until they say that they have read it.
package struct AccountNotice: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        /// A refresh token came back after it was spent, and its family was ended (TK7).
        case refreshTokenReused = "refresh_token_reused"
    }

    package let id: String
    package let subject: String
    package let kind: Kind
    package let clientID: String
    package let createdAt: Instant

    package init(id: String, subject: String, kind: Kind, clientID: String, createdAt: Instant) {
        self.id = id
        self.subject = subject
        self.kind = kind
        self.clientID = clientID
        self.createdAt = createdAt
    }
}
