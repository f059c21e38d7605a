/// How a client failed to show who it is. The client is told none of this (TK1); the operator is.
extension Finding {
    static let severalProofs = Finding(
        .clientProof, seen: "more than one of Authorization: Basic, client_secret and client_assertion",
        expected: "one way of client authentication",
        repair: "Switch off one of them in the app: most libraries call it client authentication method.")

    package static let unreadableBasic = Finding(
        .clientProof, seen: "an Authorization: Basic header that cannot be read",
        expected: "base64 of client_id:secret, each form-encoded first (RFC 6749 §2.3.1)",
        repair: "Let the app use its library's client_secret_basic, or register it for client_secret_post.")

    static let twoClientNames = Finding(
        .client, seen: "one client_id in the header or assertion and another in the form",
        expected: "the same client_id in both, or in one alone",
        repair: "Correct client_id in the app's settings; it is set in two places there.")

    static let assertionType = Finding(
        .clientProof, seen: "client_assertion without its type",
        expected: .known("client_assertion_type=\(ClientAuthentication.assertionType)"),
        repair: "Let the app send client_assertion_type as RFC 7523 §2.2 has it.")

    static let assertionUnreadable = Finding(
        .clientProof, seen: "a client_assertion that is no signed JWT, or names another client in sub",
        expected: "a signed JWT with the client_id in iss and sub",
        repair: "Check how the app makes its assertion; the library's private_key_jwt does it right.")

    static func otherMethod(_ presented: ClientAuthenticationMethod, _ client: Client) -> Finding {
        Finding(
            .clientProof, seen: .known(presented.rawValue), expected: .known(client.authenticationMethod.rawValue),
            repair: .known(
                "Set the app to \(client.authenticationMethod.rawValue)"
                    + (presented == .none && client.isConfidential ? " (it sends no secret now)" : "")
                    + "; or, if \(presented.rawValue) is what it does, "
                    + Repair.change("token_endpoint_auth_method", client.id) + "."))
    }

    static func wrongSecret(_ client: Client) -> Finding {
        let count = client.secretDigests.count
        return Finding(
            .clientProof, seen: "a secret that is not registered (not shown)",
            expected: .known(count == 1 ? "the one registered secret" : "one of \(count) registered secrets"),
            repair: .known(
                (count < 2
                    ? "" : "It has two secrets: end the older one with martlet client secret \(client.id) retire. ")
                    + "Make a new secret with martlet client secret \(client.id) add, put it into the app, and retire "
                    + "the \(count < 2 ? "old" : "other") one with martlet client secret \(client.id) retire. "
                    + "Often a space or line end was copied along."))
    }

    static func assertionUnsigned(_ client: Client) -> Finding {
        Finding(
            .clientProof, seen: "an assertion that no registered key has signed",
            expected: .known("a signature by one of \(client.keys.count) keys registered for \(client.id)"),
            repair: .known("If the app has a new key, \(Repair.change("jwks", client.id))."))
    }

    static func assertionClaim(_ name: String, seen: ShownText, expected: ShownText) -> Finding {
        Finding(
            .clientProof, seen: .known("\(name): \(seen.text)"), expected: .known("\(name): \(expected.text)"),
            repair: name == "exp" || name == "iat" || name == "nbf"
                ? "Check the clock of the machine the app runs on, and that an assertion lives an hour at most."
                : .known("Correct \(name) in the assertion that the app makes (RFC 7523 §3)."))
    }

    static let assertionReused = Finding(
        .clientProof, seen: "an assertion whose jti has been used before", expected: "a new jti for each request",
        repair: "Let the app make a new assertion for every call; a retry needs one too.")

    /// - Parameter isDated: it says when it was made.
    static func assertionOlderThanMemory(isDated: Bool) -> Finding {
        Finding(
            .clientProof,
            seen: .known(
                isDated
                    ? "an assertion made before this server was put back from a backup, or within a minute after"
                    : "an assertion without iat, soon after this server was put back from a backup"),
            expected: "an assertion that cannot have been used before the restore, which nobody here could remember",
            repair: .known(
                isDated
                    ? "Let the app try again in a minute or two, with a new assertion; nothing needs to be changed."
                    : "Let the app put iat into its assertions: it then gets in a minute after a restore. Without iat it "
                        + "may be shut out for an hour after one."))
    }

    static func publicClient(_ client: Client) -> Finding {
        Finding(
            .clientProof, seen: .known("\(client.id), a public client without a secret"),
            expected: "a client that proves who it is",
            repair: "Register the asker as a confidential client: martlet client add without --public.")
    }
}

extension Established {
    /// A client that has shown who it is.
    package init(_ client: Client) {
        self.init(
            [.client: .known(client.id), .clientProof: .known(client.authenticationMethod.rawValue)],
            clientID: client.id)
    }
}
