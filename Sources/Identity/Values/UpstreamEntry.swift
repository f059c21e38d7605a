import OAuth

/// What follows from somebody's return from a provider, written in one step or not at all.
package struct UpstreamEntry: Sendable {
    package enum Way: Sendable, Equatable {
        /// The identity is connected to the account; its person is signed in.
        case known
        /// The identity was expected for the account, by the address that the provider has proven (an import); from now on
        /// it is known by its subject alone.
        case expected
        /// A new account, as it will be, whose address the provider has proven.
        case new
        /// A new account, whose mailbox this link of ours has proven.
        case newByMail(link: TokenDigest)
        /// The account's address was never proven: whoever proves it is its owner, and what was set up before is gone, the
        /// password and other identities too (ML9).
        case claimed
        case claimedByMail(link: TokenDigest)
        /// Connected without being asked, because both sides have proven the same address (SO2); signed in.
        case linkedByAddress
        /// Connected by the person, in this session, which stays as it is.
        case linked(session: TokenDigest)
    }

    package enum Outcome: Sendable, Equatable {
        case done
        /// The identity is another account's; nothing changed.
        case ownedElsewhere
        /// What it was to follow from is no longer so; nothing changed.
        case overtaken
    }

    package let identity: UpstreamIdentity
    /// As it was read, or as it will be.
    package let account: Account
    package let way: Way
    /// `nil` where nobody is signed in by it.
    package var opening: SessionOpening?
    /// What its tokens were, sealed.
    package var sealedTokens: [UInt8]?
    package var letters: [SealedLetter] = []
    /// What waits in this browser is over with it.
    package let browser: TokenDigest
    /// Whether it follows from the identity that waits there, and from nothing if that does not wait any more: somebody may
    /// have given it up (SO8), or come back as somebody else in another tab.
    package var followsWaiting = false

    package init(_ identity: UpstreamIdentity, _ account: Account, by way: Way, in browser: TokenDigest) {
        self.identity = identity
        self.account = account
        self.way = way
        self.browser = browser
    }
}

/// A way to sign in that a person gives up.
package struct IdentityRemoval: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case removed
        /// It is the only way in that is left; nothing changed.
        case last
        /// The person has no such identity, or the session that asks has ended; nothing changed.
        case absent
    }

    package let key: UpstreamIdentity.Key
    package let accountID: String
    /// The session that asks.
    package let session: TokenDigest
    /// What else lets people in here: passwords, links by mail for whom, and these providers.
    package let takesPasswords: Bool
    package let links: MagicLinkPeople?
    package let providers: [String]
    package let letter: SealedLetter

    package init(
        key: UpstreamIdentity.Key, accountID: String, session: TokenDigest, takesPasswords: Bool,
        links: MagicLinkPeople?, providers: [String], letter: SealedLetter
    ) {
        self.key = key
        self.accountID = accountID
        self.session = session
        self.takesPasswords = takesPasswords
        self.links = links
        self.providers = providers
        self.letter = letter
    }
}
