import Identity
import OAuth

extension Finding {
    /// The page says the same for all of these; which it was is recorded as a security event.
    static func factorWrong(_ way: FactorWay) -> Finding {
        Finding(
            .factor, seen: .known("\(way.seen) (not shown)"), expected: .known(way.expected),
            repair: """
                The person tries again, or takes another way; martlet audit --kind factor_refused says more. For codes of \
                an app: the clocks of the telephone and of this machine must agree to half a minute.
                """)
    }

    static func factorLocked(retryAfter: Int64) -> Finding {
        Finding(
            .throttle, seen: "a code after too many wrong ones, of whichever kind (not shown)",
            expected: .known("nothing for another \(retryAfter) seconds (second_factor.lockout)"),
            repair: """
                The person waits, or uses a passkey, which nobody can guess. If it was not them, somebody has their \
                password: they choose a new one. Sessions that are open go on.
                """)
    }

    /// - Parameter reason: a word of ours.
    static func passkeyRefused(_ reason: String) -> Finding {
        Finding(
            .credentials, seen: .known("an answer of a passkey that does not hold: \(reason)"),
            expected: "an answer to this page's own question, signed by a passkey of an active person who was verified",
            repair: """
                The person loads the page again, or signs in another way. If it never works, the address people use is \
                not the issuer's: passkeys are bound to its host.
                """)
    }

    static let passkeysThrottled = Finding(
        .throttle, seen: "too many answers of passkeys from one network", expected: "fewer in a quarter of an hour",
        repair: "If many people share that address because it is your own proxy's, name it in trusted_proxies.")

    /// - Parameter client: `nil` for the server itself.
    static func passkeysNotOffered(_ client: Client?) -> Finding {
        Finding(
            .method, seen: "a passkey",
            expected: .known(client?.policy.signInMethods.joined(separator: ", ") ?? "another way to sign in"),
            repair: .known(
                client.map {
                    "To let people use passkeys for \($0.id), add passkey to martlet_sign_in_methods: "
                        + Repair.edit($0.id) + "."
                } ?? "To let people use passkeys, have passkey in second_factor.methods."))
    }
}

extension FactorWay {
    fileprivate var seen: String {
        switch self {
        case .passkey: "an answer of a passkey that does not hold"
        case .app, .mail, .backupCode: "a code that is wrong, used, too old, or was made for something else"
        }
    }

    fileprivate var expected: String {
        switch self {
        case .passkey: "an answer to this page's own question by one of the person's passkeys"
        case .app: "the code that the app shows now, once"
        case .mail: "the code of the newest mail, once, in the browser that asked for it"
        case .backupCode: "a backup code of the newest set that was not used yet"
        }
    }
}
