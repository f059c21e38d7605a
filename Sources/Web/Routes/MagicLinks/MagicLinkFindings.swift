import Identity
import OAuth

extension Finding {
    /// - Parameter client: `nil` for the server itself.
    static func linksNotOffered(_ client: Client?) -> Finding {
        Finding(
            .method, seen: "a link by mail",
            expected: .known(client?.policy.signInMethods.joined(separator: ", ") ?? "one of sign_in.methods"),
            repair: .known(client.map(repair) ?? "To let people use links, add magic_link to sign_in.methods."))
    }

    private static func repair(_ client: Client) -> String {
        """
        To let people use links for \(client.id), add magic_link to martlet_sign_in_methods: \(Repair.edit(client.id)).
        """
    }

    /// Which of the reasons it was, for whoever runs the server: the page says the same for all of them.
    static func magicLinkDead(_ fault: MagicLinkFault, _ policy: MagicLinkPolicy) -> Finding {
        guard fault != .gate else { return linkGate(policy) }
        return Finding(
            .mailProof, seen: seen(fault),
            expected: .known(
                """
                the newest link or code, used once within \(policy.lifetime / 60) minutes, in the browser that asked\
                \(policy.verifiesAddress ? " and from its address (magic_link.verify_ip)" : "")
                """),
            repair: """
                The person asks for a new mail on the page. Mail programs that open links by themselves spend nothing; what \
                became of links stands in martlet audit --kind mail_proof_refused.
                """)
    }

    private static func seen(_ fault: MagicLinkFault) -> ShownText {
        switch fault {
        case .reused: "a link or code that was used (not shown)"
        case .expired: "a link or code that has run out (not shown)"
        case .superseded:
            "a link or code overtaken by a newer one, a sign-in, or a change of the account (not shown)"
        case .noBrowser: "a link in a browser, or from an address, that did not ask for it (not shown)"
        case .wrongCode: "a code that was not sent to this browser (not shown)"
        case .locked: "a code after too many wrong ones (not shown)"
        case .gate, .unknown: "a link or code that nobody was sent, or a browser that waits for none (not shown)"
        }
    }

    private static func linkGate(_ policy: MagicLinkPolicy) -> Finding {
        let expected =
            switch policy.people {
            case .optIn: "somebody who has switched links on (magic_link.policy is opt_in)"
            case .roles(let names): "one of the roles \(names.joined(separator: ", ")) (magic_link.roles)"
            case .anybody: "somebody without an account at a provider, and an app that takes links"
            }
        return Finding(
            .policy, seen: "somebody who has proven the mailbox, and whom links are not for",
            expected: .known(expected),
            repair: """
                Change magic_link.policy, magic_link.upstream_people or the person's roles, or let the person sign in \
                another way.
                """)
    }
}
