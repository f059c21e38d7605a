/// The pages of one's own second factors; where they are switched off there is nothing at any of the addresses (B028).
struct FactorAccountRoutes: Sendable {
    let rooms: Rooms

    var routes: [Route] {
        guard rooms.factors.policy.isOn else { return [] }
        return FactorSetUpRoutes(rooms: rooms).routes + AuthenticatorAppRoutes(rooms: rooms).routes
            + MailCodeRoutes(rooms: rooms).routes + PasskeySetUpRoutes(rooms: rooms).routes
            + FactorChangeRoutes(rooms: rooms).routes + BackupCodeRoutes(rooms: rooms).routes
            + RememberedBrowserRoutes(rooms: rooms).routes + RecoveryWarning(rooms: rooms).routes
    }
}
