import Identity
import OAuth

extension Finding {
    static func signUpClosed(_ policy: SignUpPolicy) -> Finding {
        Finding(
            .signUpPolicy, seen: "somebody who would like to make an account",
            expected: .known("whom sign_up.mode \(policy.mode.rawValue) lets in"),
            repair: """
                martlet user add makes an account for somebody; sign_up.mode open or domains lets people make their own.
                """)
    }

    static let signUpFieldsRefused = Finding(
        .credentials, seen: "a name, username, address or password that cannot be used (not shown)",
        expected: "a name, an address that may sign up, and a password that the rules allow",
        repair: "The page says which; the person fills it in again. sign_up.domains says which addresses may.")

    static func signUpThrottled(by limit: String, retryAfter: Int64) -> Finding {
        Finding(
            .throttle, seen: .known("too many sign-ups from one network, by the limit \(limit)"),
            expected: .known("fewer; again in \(retryAfter) seconds"),
            repair: """
                Many people behind one address: if that is your own proxy, name it in trusted_proxies, so that people are \
                told apart.
                """)
    }

    static let passwordsBusy = Finding(
        .server, seen: "more passwords to hash at a time than there is room for", expected: "room in the line",
        repair: "It passes by itself. If it comes back: more cores, passwords.hash_threads or passwords.hash_queue.")
}
