import OAuth

/// Whether a form is filled in by a robot: when that is asked, and whether the answer is good (B025).
///
/// Where proof of work judges, a browser without scripts is not shut out: its form passes by a strict limit instead, five
/// in a quarter of an hour from one network and sixty an hour from all of them, for each form. That is safe enough: what
/// a robot can do this way is bounded whatever it owns, and lies far below the limits that stand beside every form with
/// or without captcha (guesses at passwords, mails to an address). Whoever fills the common lane has shut a side door
/// that people with scripts do not use. A puzzle that was solved too late goes the same way, for its page lay open while
/// somebody thought; nothing else that is sent does.
///
/// Another company's captcha has no such door: what it does not confirm, and whatever it does not answer, is refused.
package struct Captcha: Sendable {
    package let judge: CaptchaJudge
    private let rules: CaptchaRules
    private let lanes: CaptchaLanes
    private let mark: CaptchaPageMark
    private let spent: any OneTimeStore
    private let accounts: any AccountStore
    private let browsers: any KnownBrowserStore
    private let audit: any AuditLog
    private let tally: @Sendable (CaptchaForm, Tally) -> Void

    /// How an answer was taken, for the figures.
    package enum Tally: String, Sendable, CaseIterable {
        case passed
        case withoutScript = "without_script"
        case refused
        case unavailable
    }

    /// - Parameter key: derived from the master key for captchas alone.
    package init(
        judge: CaptchaJudge, rules: CaptchaRules, key: [UInt8], throttle: Throttle, spent: any OneTimeStore,
        accounts: any AccountStore, browsers: any KnownBrowserStore, audit: any AuditLog,
        tally: @escaping @Sendable (CaptchaForm, Tally) -> Void = { _, _ in }
    ) {
        self.judge = judge
        self.rules = rules
        lanes = CaptchaLanes(throttle: throttle, failures: rules.signInAfter)
        mark = CaptchaPageMark(key: key)
        self.spent = spent
        self.accounts = accounts
        self.browsers = browsers
        self.audit = audit
        self.tally = tally
    }

    /// Whether the form asks now.
    package func isAsked(at place: CaptchaPlace, _ now: Instant) async throws -> Bool {
        if case .nobody = judge { return false }
        if rules.alwaysAsks(place.form) { return true }
        guard place.form == .signIn else { return false }
        switch try await lanes.failures(place, at: now) {
        case .nothing: return false
        case .here: return true
        case .elsewhere: return try await !isAtHome(place)
        }
    }

    /// Whether somebody has signed in with this address in this browser before: what strangers do to the address
    /// elsewhere is no reason to ask there (PW9). Whoever has no such browser is asked, whether the address is anybody's
    /// or not, after the same two look-ups (PW10).
    private func isAtHome(_ place: CaptchaPlace) async throws -> Bool {
        let account = try await accounts.account(canonicalEmail: EmailAddress(place.address ?? "")?.canonical ?? "")
        return try await browsers.isKnown(browser: place.browser, of: account?.id ?? "")
    }

    /// What the page sends back, so that it is known to have asked.
    package func pageMark(for place: CaptchaPlace, at now: Instant) -> String { mark.make(for: place, at: now) }

    /// - Parameters:
    ///   - pageMark: as the page had it.
    ///   - response: what the script made of it; nothing where there was no script.
    package func check(
        pageMark: String?, response: String?, at place: CaptchaPlace, _ now: Instant
    ) async throws -> CaptchaOutcome {
        guard try await isAsked(at: place, now) else { return .passed }
        guard let made = mark.time(pageMark, at: place) else { return refuse(.notShown, place) }
        guard place.form != .signUp || now.seconds(since: made) >= CaptchaPageMark.leastTime else {
            return refuse(.tooFast, place)
        }
        switch judge {
        case .nobody: return .passed
        case .proofOfWork(let work): return try await check(response, by: work, place, now)
        case .hosted(let hosted):
            if response != nil, case .refused(_, let retryAfter) = try await lanes.asking(place, at: now) {
                return refuse(.tooMany, place, retryAfter: retryAfter)
            }
            if let refusal = await hosted.refusal(of: response, for: place.form) { return refuse(refusal, place) }
            return pass(.passed, place)
        }
    }

    /// A sign-in that failed, for whichever reason: the caller says the same to everybody (PW10).
    package func noteFailure(at place: CaptchaPlace, _ now: Instant) async throws {
        guard counts else { return }
        try await lanes.note(place, at: now)
    }

    package func noteSuccess(at place: CaptchaPlace) async throws {
        guard counts else { return }
        try await lanes.clear(place)
    }

    private var counts: Bool {
        if case .nobody = judge { false } else { !rules.alwaysAsks(.signIn) }
    }

    private func check(
        _ response: String?, by work: ProofOfWork, _ place: CaptchaPlace, _ now: Instant
    ) async throws -> CaptchaOutcome {
        guard let response else { return try await checkWithoutScript(place, now) }
        switch work.check(response, at: place, now) {
        case .refused(let fault): return refuse(fault, place)
        case .expired: return try await checkWithoutScript(place, now, isExpired: true)
        case .solved(let solution):
            let artefact = OneTimeArtefact(
                kind: .captchaSolution, digest: solution.digest, binding: place.form.rawValue,
                expiresAt: solution.expiresAt)
            guard try await spent.spendUnkept(artefact, at: now) else { return refuse(.spent, place) }
            return pass(.passed, place)
        }
    }

    /// - Parameter isExpired: there is a script, so that the page's next puzzle goes through without waiting.
    private func checkWithoutScript(
        _ place: CaptchaPlace, _ now: Instant, isExpired: Bool = false
    ) async throws -> CaptchaOutcome {
        switch try await lanes.withoutScript(place, at: now) {
        case .admitted: return pass(.withoutScript, place)
        case .refused where isExpired: return refuse(.expired, place)
        case .refused(_, let retryAfter): return refuse(.withoutScript, place, retryAfter: retryAfter)
        }
    }

    private func pass(_ tally: Tally, _ place: CaptchaPlace) -> CaptchaOutcome {
        self.tally(place.form, tally)
        return .passed
    }

    private func refuse(_ fault: CaptchaFault, _ place: CaptchaPlace, retryAfter: Int64? = nil) -> CaptchaOutcome {
        refuse(CaptchaRefusal(fault, retryAfter: retryAfter), place)
    }

    private func refuse(_ refusal: CaptchaRefusal, _ place: CaptchaPlace) -> CaptchaOutcome {
        let fault = refusal.fault
        let isOutage = fault == .unavailable || fault == .wrongKey
        tally(place.form, isOutage ? .unavailable : .refused)
        let details = [
            "form": place.form.rawValue, "reason": fault.rawValue, "network": place.network.prefix,
        ]
        audit.record(AuditEvent(.captchaRefused, details: details))
        return .refused(refusal)
    }
}
