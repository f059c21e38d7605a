import OAuth

/// What people say of themselves.
package protocol ProfileStore: Sendable {
    /// Replaces what a person says of themselves if it still is `old`: what was said in another window meanwhile is
    /// never overwritten. One write. The picture is not part of it.
    func replaceProfile(of accountID: String, from old: Profile, to new: Profile, at now: Instant) async throws
        -> ProfileReplacement
}

/// How replacing a profile ended.
package enum ProfileReplacement: Sendable, Equatable {
    case replaced
    /// Somebody else has this username. It is public, so that this may be said.
    case usernameTaken
    /// It is another one by now, or the account is not active any more.
    case changedMeanwhile
}
