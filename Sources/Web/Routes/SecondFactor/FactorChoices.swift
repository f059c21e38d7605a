import Identity
import OAuth

extension Rooms {
    /// What somebody is offered. Where a level is demanded of somebody who is in, only what reaches it, as long as one of
    /// them does: nobody types a code to be asked for a passkey next. Who is not in yet gets in by any.
    func choices(of factor: FactorVisit) async throws -> SecondFactor.Choices {
        let (session, now) = (factor.session, factor.visit.now)
        let all = try await factors.proving.choices(in: session, at: now)
        guard !factor.isHalf else { return all }
        let levels = factors.policy.levels
        let person = session.authentication(levels)
        let demanded: DemandedLevels
        if let request = factor.request {
            demanded = try await authorization.levels(demandedBy: request, of: person, at: now)
        } else {
            demanded = DemandedLevels(each: try await factors.standings.standing(of: person, for: "", at: now).demanded)
        }
        let leading = all.only { way in
            demanded.areMet(by: levels.reached(by: session.proofs + [Proof(way.bestMethod, at: now)]))
        }
        return leading.isEmpty ? all : leading
    }
}

extension SecondFactor.Choices {
    fileprivate func only(_ leads: (FactorWay) -> Bool) -> SecondFactor.Choices {
        var choices = self
        if !leads(.passkey) { choices.hasPasskey = false }
        if !leads(.app) { choices.hasTOTP = false }
        if !leads(.mail) { choices.hasMailCode = false }
        if !leads(.backupCode) { choices.codesLeft = 0 }
        return choices
    }
}

extension FactorWay {
    /// Its word in the ledger, at its best.
    fileprivate var bestMethod: String {
        switch self {
        case .passkey: Factor.Kind.passkey.bestMethod
        case .app: Factor.Kind.totp.bestMethod
        case .mail: Factor.Kind.mailCode.bestMethod
        case .backupCode: Proof.backupCode
        }
    }
}
