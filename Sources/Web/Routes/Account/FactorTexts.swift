import Identity
import OAuth

/// A person's second factors in words.
struct FactorTexts {
    let rooms: Rooms
    let now: Instant

    private var catalogue: Catalogue { rooms.pages.catalogue }
    private var time: TimeText { TimeText(catalogue: catalogue, now: now) }

    /// For the section of the page of security; nothing at all where second factors are switched off (B028, B099).
    func section(_ resident: Resident) async throws -> [String: Any] {
        guard rooms.factors.policy.isOn else { return [:] }
        let holdings = try await rooms.factors.enrolment.holdings(of: resident.account.id)
        let browsers = try await rooms.factors.remembered.rememberedBrowsers(of: resident.account.id, at: now)
        var context: [String: Any] = [
            "hasFactorSection": true, "factorState": state(holdings), "isEnrolled": holdings.isEnrolled,
            "factorList": holdings.factors.map(factor), "renameAction": SecondFactorPath.rename,
            "removeAction": SecondFactorPath.remove, "nameMaximum": String(FactorName.longest),
            "codesURL": SecondFactorPath.codes, "codesLeft": codesLeft(holdings),
            "codesAreFew": holdings.codesLeft <= FactorPolicy.fewBackupCodes,
            "rememberedList": browsers.map(browser), "forgetRememberedAction": SecondFactorPath.forgetBrowser,
            "forgetAllRememberedAction": SecondFactorPath.forgetAllBrowsers,
        ]
        if !rooms.factors.enrolment.offered(to: resident.account).isEmpty {
            context["factorSetUpURL"] = SecondFactorPath.setUp
        } else if !resident.account.isEmailVerified {
            context["factorUnverified"] = catalogue.text("factors.state.unverified")
        }
        return context
    }

    func codesLeft(_ holdings: FactorHoldings) -> String {
        switch holdings.codesLeft {
        case 0: catalogue.text("factors.codes.none")
        case 1: catalogue.text("factors.codes.one")
        default: catalogue.text("factors.codes.left", ["count": String(holdings.codesLeft)])
        }
    }

    /// How the second step of a sign-in was, for the list of sessions; `nil` where there was none.
    func secondStep(_ session: Session) -> String? {
        if session.isHalf { return catalogue.text("factors.step.missing") }
        if let proven = session.proofs.factorTime {
            return catalogue.text("factors.step.proven", ["time": time.exact(proven)])
        }
        guard let word = session.waiver else { return nil }
        let key = "factors.step.\(word)"
        return catalogue.has(key) ? catalogue.text(key) : nil
    }

    private func state(_ holdings: FactorHoldings) -> String {
        if holdings.isEnrolled { return catalogue.text("factors.state.on") }
        return catalogue.text(holdings.recoveredAt == nil ? "factors.state.off" : "factors.state.recovered")
    }

    /// What its person calls it; what was not given a name goes by its kind.
    func name(_ factor: Factor) -> String {
        factor.name.isEmpty ? catalogue.text("factors.kind.\(factor.kind.rawValue)") : factor.name
    }

    private func factor(_ factor: Factor) -> [String: Any] {
        [
            "id": factor.id, "name": name(factor), "kind": catalogue.text("factors.kind.\(factor.kind.rawValue)"),
            "added": time.past(factor.createdAt),
            "last": factor.lastUsedAt.map(time.past) ?? catalogue.text("security.never"),
        ]
    }

    private func browser(_ browser: RememberedBrowser) -> [String: Any] {
        [
            "id": browser.id, "last": time.past(browser.lastUsedAt), "until": time.future(browser.expiresAt),
            "device": browser.device.isEmpty ? catalogue.text("account.device_unknown") : browser.device,
        ]
    }
}
