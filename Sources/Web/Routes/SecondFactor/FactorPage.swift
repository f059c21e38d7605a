import HTTPTypes
import Identity
import OAuth

/// The page of one way to prove a second factor.
struct FactorPage {
    enum Fault {
        case wrong
        /// Seconds.
        case locked(Int64)
    }

    let way: FactorWay
    let choices: SecondFactor.Choices
    /// A code was asked for by mail, so that there is one to type.
    var isSent = false
    /// As it was ticked.
    var remembers = false
    var fault: Fault?

    init(_ way: FactorWay, _ choices: SecondFactor.Choices) {
        self.way = way
        self.choices = choices
    }

    var template: String { way == .passkey ? "second-factor-passkey" : "second-factor" }

    var status: HTTPResponse.Status {
        switch fault {
        case nil: .ok
        case .wrong: .unprocessableContent
        case .locked: .tooManyRequests
        }
    }

    var retryAfter: Int64? {
        if case .locked(let seconds) = fault { seconds } else { nil }
    }

    var finding: Finding? {
        switch fault {
        case nil: nil
        case .wrong: .factorWrong(way)
        case .locked(let seconds): .factorLocked(retryAfter: seconds)
        }
    }

    /// When codes are looked at again; a passkey is not locked.
    func lockEnd(at now: Instant) -> Instant? {
        guard way != .passkey else { return nil }
        return retryAfter.map { now + $0 } ?? choices.lockedUntil.flatMap { $0 > now ? $0 : nil }
    }

    func context(_ rooms: Rooms, _ factor: FactorVisit, address: EmailAddress?) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        let key = "second_factor.\(way.words)"
        let email = ["email": address?.masked ?? ""]
        let end = lockEnd(at: factor.visit.now)
        let asksToSend = way == .mail && !isSent
        var context: [String: Any] = [
            "heading": catalogue.text("\(key).heading"), "action": way.path,
            "sentence": catalogue.text(asksToSend ? "\(key).before" : "\(key).sentence", email),
            "asksToSend": asksToSend && end == nil, "asksCode": !asksToSend && end == nil,
            "isNumber": way == .app || way == .mail, "isBackupCode": way == .backupCode,
            "sendAction": SecondFactorRoutes.sendPath, "canSendAgain": way == .mail && isSent && end == nil,
            "typeURL": factor.onward.address(way.path, (name: "sent", value: "1")),
            "label": catalogue.text("\(key).label"),
        ]
        // Whoever is down to codes on paper is asked again the next time.
        if rooms.offersRemembering(factor), way != .backupCode {
            context["remember"] = rememberText(rooms)
            context["remembers"] = remembers
        }
        if let end {
            let when = TimeText(catalogue: catalogue, now: factor.visit.now).future(end)
            let sentence = catalogue.text("second_factor.locked", ["when": when])
            context["error"] =
                [
                    "summary": sentence, "fields": [[String: String]](),
                    "reference": fault == nil ? "" : factor.visit.reference,
                ] as [String: Any]
            context["sentence"] = catalogue.text("second_factor.locked_advice")
        } else if case .wrong = fault {
            let sentence = catalogue.text(way == .passkey ? "second_factor.passkey.wrong" : "second_factor.wrong")
            let fields: [[String: String]] = way == .passkey ? [] : [["id": "code", "message": sentence]]
            let summary = way == .passkey ? sentence : catalogue.text("error.summary.form")
            context["codeError"] = sentence
            context["error"] =
                ["summary": summary, "fields": fields, "reference": factor.visit.reference] as [String: Any]
        }
        return context
    }

    private func rememberText(_ rooms: Rooms) -> String {
        let seconds = rooms.factors.policy.rememberedFor
        let (unit, count) = seconds < 172_800 ? ("hours", (seconds + 3599) / 3600) : ("days", seconds / 86_400)
        return rooms.pages.catalogue.text("second_factor.remember_\(unit)", ["count": String(count)])
    }
}

/// What every page of second factors has below: other ways, and ways out.
struct FactorWaysPart {
    let ways: [FactorWay]
    /// Whether a password is a way out of having nothing but codes on paper.
    private let isPasswordBetter: Bool
    let factor: FactorVisit

    /// - Parameter isLocked: then only what nobody can guess is left.
    init(_ choices: SecondFactor.Choices, but way: FactorWay? = nil, isLocked: Bool = false, _ factor: FactorVisit) {
        ways = FactorWay.all(choices).filter { $0 != way && (!isLocked || $0 == .passkey) }
        isPasswordBetter = choices.wouldHaveMailCode && !choices.hasPasskey && !choices.hasTOTP
        self.factor = factor
    }

    func context(_ rooms: Rooms) -> [String: Any] {
        let catalogue = rooms.pages.catalogue
        let onward = factor.onward
        var context: [String: Any] = [
            "csrf": rooms.formGuard.token(for: factor.guest.browser), "onward": onward.fields,
            "ways": ways.map { way in
                ["url": onward.address(way.path), "text": catalogue.text("second_factor.\(way.words).choose")]
            },
            "hasWays": !ways.isEmpty,
        ]
        if let request = factor.request {
            context["client"] = rooms.badge(request.client, returningTo: request.returnAddress.uri)
        }
        if factor.guest.factorless != nil { context["lostURL"] = onward.address(SecondFactorRoutes.lostPath) }
        guard factor.isHalf else {
            context["notice"] = catalogue.text("second_factor.step_up")
            if let handle = onward.request {
                context["otherAccountURL"] = "/sign-in?switch=1&request=" + handle
            } else {
                context["backURL"] = "/account"
            }
            return context
        }
        context["leaveAction"] = SecondFactorRoutes.leavePath
        context["offersPassword"] = isPasswordBetter && rooms.settings.takesPasswords
        return context
    }
}
