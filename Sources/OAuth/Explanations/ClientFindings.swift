/// What is found about the client and its addresses, with what usually helps.
extension Finding {
    /// - Parameter registered: every `client_id` there is, to find the one that was meant.
    static func clientUnknown(_ presented: String?, registered: [String]) -> Finding {
        let nearest = presented.flatMap { NearestName.to($0, among: Array(registered.prefix(500))) }
        let meant = nearest.map { "; the nearest registered one is \($0)" } ?? ""
        return Finding(
            .client, seen: nearest == nil ? .sentName(presented) : .sent(presented),
            expected: .known("a registered client_id" + meant),
            repair: presented == nil
                ? "The app must send client_id: set it in the app's settings; martlet client list shows every one."
                : .known(
                    "Compare client_id in the app's settings with martlet client list"
                        + (nearest.map { " (perhaps \($0) is meant)" } ?? "")
                        + "; a new app is registered with martlet client add, and one that is listed already has not been "
                        + "read yet: send the server SIGHUP (kill -HUP)."))
    }

    static func redirectMissing(_ client: Client) -> Finding {
        let count = client.redirectURIs.count
        return Finding(
            .redirectAddress, seen: "nothing",
            expected: .known(
                count == 0
                    ? "an app with a redirect address; \(client.id) has none registered"
                    : "redirect_uri, for \(count) addresses are registered: \(list(client.redirectURIs))"),
            repair: .known(
                "Let the app send redirect_uri, exactly one of those that martlet client show \(client.id) lists."))
    }

    static func redirectUnregistered(_ presented: String, _ client: Client) -> Finding {
        guard let difference = AddressDifference(presented, among: client.redirectURIs) else {
            return Finding(
                .redirectAddress, seen: .sentAddress(presented),
                expected: .known("no redirect address: \(client.id) has none registered"),
                repair: .known("If the app signs people in, \(Repair.add("redirect_uris", client.id))."))
        }
        return Finding(
            .redirectAddress, seen: .sentAddress(presented),
            expected: .known("\(difference.nearest) (the nearest registered one; the difference: \(difference.words))"),
            repair: .known(
                "Set the app's redirect address to exactly \(difference.nearest); or, if the new address is right, "
                    + Repair.add("redirect_uris", client.id) + "."))
    }

    static func returnAfterLogoutUnregistered(_ presented: String, _ client: Client) -> Finding {
        let difference = AddressDifference(presented, among: client.postLogoutRedirectURIs)
        return Finding(
            .redirectAddress, seen: .sentAddress(presented),
            expected: .known(
                difference.map { "\($0.nearest) (the nearest registered one; the difference: \($0.words))" }
                    ?? "no address: \(client.id) has none registered for after signing out"),
            repair: .known("If the address is right, \(Repair.add("post_logout_redirect_uris", client.id))."))
    }

    static let returnAfterLogoutOfNobody = Finding(
        .client, seen: "post_logout_redirect_uri alone",
        expected: "client_id or id_token_hint beside it, to know whose address it is",
        repair: "Let the app send client_id, or the ID token as id_token_hint, when it signs people out.")

    static func hintOfAnotherClient(_ named: String) -> Finding {
        Finding(
            .client, seen: .sent(named), expected: "the client that id_token_hint was issued to",
            repair: """
                The app sends the ID token of another app, or another client_id than its own; it must send its own.
                """)
    }

    private static func list(_ uris: [String]) -> String {
        uris.prefix(4).joined(separator: ", ") + (uris.count > 4 ? ", …" : "")
    }
}

/// Phrases of repairs that several findings share.
package enum Repair {
    /// By the command: it finds the registration in the folder and in the database.
    static func add(_ member: String, _ clientID: String) -> String {
        if let option = options[member] { return "add it: martlet client update \(clientID) \(option)" }
        return "add it to \(member): " + edit(clientID)
    }

    private static let options = [
        "redirect_uris": "--add-redirect-uri ADDRESS",
        "post_logout_redirect_uris": "--add-post-logout-redirect-uri ADDRESS",
        "scope": "--scope with every scope it may ask for",
    ]

    static func change(_ member: String, _ clientID: String) -> String {
        "change \(member): " + edit(clientID)
    }

    /// For whatever has no option of its own.
    package static func edit(_ clientID: String) -> String {
        let draft = "\(clientID).draft"
        return "martlet client show \(clientID) > \(draft), edit it, martlet client update \(clientID) --from \(draft)"
    }
}
