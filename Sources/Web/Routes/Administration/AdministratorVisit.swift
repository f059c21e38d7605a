import HTTPTypes
import Identity
import OAuth

/// Somebody on the pages of administration: signed in, and an administrator at this moment.
struct AdministratorVisit: Sendable {
    let guest: Guest
    let session: Session
    let account: Account

    /// The proof of who it is is some minutes old at the most, as every change asks.
    func isFresh(at now: Instant) -> Bool { session.isFresh(at: now) }
}

extension Rooms {
    /// For everybody else there is nothing here: not even that there is something is told.
    func administrator(_ visit: Visit) async throws -> AdministratorVisit {
        let guest = try await guest(visit)
        guard let session = guest.session, let account = try await accounts.account(id: session.subject),
            account.isAdministrator
        else {
            if let subject = guest.session?.subject {
                audit.record(
                    AuditEvent(
                        .administrationRefused, by: .person(subject), subject: subject,
                        details: ["method": "page", "reason": CheckName.policy.rawValue]))
            }
            throw PageProblem(.notFound, "not_found", .nowhere("/admin"), in: Course.address)
        }
        let here = ReturnPath(known: visit.method == .post ? "/admin" : visit.path)
        // No exemption and no remembered browser is good for these pages (B105).
        if session.hasFactors, session.proofs.factorTime == nil {
            throw Detour(reply: .seeOther(Self.confirmation(of: session, backTo: here)))
        }
        switch try await missingFactor(in: session, of: account, at: visit.now) {
        case nil: break
        case .proof: throw Detour(reply: .seeOther(SecondFactorPath.prove + "?next=" + here.escaped))
        case .enrolment: throw Detour(reply: .seeOther(SecondFactorPath.setUp + "?next=" + here.escaped))
        }
        return AdministratorVisit(guest: guest, session: session, account: account)
    }
}
