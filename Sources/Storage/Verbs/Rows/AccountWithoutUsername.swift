import Identity

extension Account {
    /// For whoever asks for a username that somebody else took meanwhile; all else stays.
    var withoutUsername: Account {
        var profile = profile
        profile.preferredUsername = nil
        return Account(
            id: id, email: email, isEmailVerified: isEmailVerified, profile: profile, roles: roles, status: status,
            deletion: deletion, passwordHash: passwordHash, createdAt: createdAt, updatedAt: updatedAt)
    }
}
