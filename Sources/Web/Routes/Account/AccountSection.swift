import HTTPTypes
import OAuth

/// The parts of a person's own account, in the order of the list beside them.
enum AccountSection: String, CaseIterable, Sendable {
    case overview
    case profile
    case security
    case sessions
    case applications
    case preferences
    case data

    var path: String { self == .overview ? "/account" : "/account/" + rawValue }

    /// Its name, in the list and as the page's heading.
    func title(_ catalogue: Catalogue) -> String { catalogue.text("account.section.\(rawValue)") }
}

extension Rooms {
    /// A page of somebody's account, with the list of its parts.
    ///
    /// - Parameters:
    ///   - notice: what was just done. Otherwise what the page that led here says was done, by a word that the catalogue
    ///     knows.
    ///   - refusal: why the form of the page did nothing; the status is then its own.
    func accountPage(
        _ section: AccountSection, _ template: String, _ resident: Resident, _ context: [String: Any] = [:],
        notice: String? = nil, refused refusal: AccountRefusal? = nil, status: HTTPResponse.Status = .ok
    ) throws -> Reply {
        let catalogue = pages.catalogue
        let title = section.title(catalogue)
        var whole: [String: Any] = [
            "csrf": formGuard.token(for: resident.guest.browser), "signOutAction": "/logout/confirm",
            "section": title,
            "sections": AccountSection.allCases.map { other in
                ["path": other.path, "title": other.title(catalogue), "current": other == section] as [String: Any]
            },
            // For everybody else there is nothing at that address.
            "isAdministrator": resident.account.isAdministrator,
        ]
        whole["notice"] = notice ?? done(resident)
        whole.merge(context) { $1 }
        guard let refusal else {
            return welcome(resident.guest, try writer.reply(template, title: title, whole, status: status))
        }
        let reference = resident.visit.reference
        whole["error"] = ["summary": refusal.sentence, "reference": reference] as [String: Any]
        var reply = welcome(resident.guest, try writer.reply(template, title: title, whole, status: refusal.status))
        if let seconds = refusal.retryAfter { reply.headers[.retryAfter] = String(seconds) }
        reply.examination = Examination(refusal.finding, in: refusal.course, established: resident.established)
        return reply
    }

    func done(_ word: String, at section: AccountSection, _ resident: Resident) -> Reply {
        done(word, at: section.path, resident.guest, resident.visit)
    }

    private func done(_ resident: Resident) -> String? {
        guard let word = justDone(resident.visit, resident.guest), pages.catalogue.has("account.done.\(word)") else {
            return nil
        }
        return pages.catalogue.text("account.done.\(word)")
    }
}
