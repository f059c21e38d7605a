import HTTPTypes
import Identity
import OAuth

extension Rooms {
    /// Every page visit begins here. A browser without a cookie gets one with the reply.
    func guest(_ visit: Visit) async throws -> Guest {
        let presented = cookies.presentedBrowser(visit.headers)
        let presentedSession = cookies.presentedSession(visit.headers)
        let session = try await sessions.current(presentedSession, at: visit.now)
        let isHalf = (session?.isHalf ?? false) && !ExemptPaths(factors.policy).contains(visit.path)
        return Guest(
            browser: try presented ?? OpaqueToken(.browser, from: random), isNewBrowser: presented == nil,
            presentedSession: presentedSession, session: isHalf ? nil : session, half: isHalf ? session : nil,
            levels: sessions.factors.levels)
    }

    func welcome(_ guest: Guest, _ reply: Reply) -> Reply {
        guard guest.isNewBrowser else { return reply }
        var reply = reply
        reply.headers.append(HTTPField(name: .setCookie, value: cookies.settingBrowser(guest.browser)))
        return reply
    }

    /// The form of a POST, if it was made on a page of ours for this very browser (WB6).
    func genuineForm(_ visit: Visit, from guest: Guest) throws -> OAuth.Parameters {
        let form = try visit.formParameters()
        try expectGenuine(form, visit, from: guest)
        return form
    }

    func expectGenuine(_ form: OAuth.Parameters, _ visit: Visit, from guest: Guest) throws {
        guard !guest.isNewBrowser, formGuard.isGenuine(form, headers: visit.headers, browser: guest.browser) else {
            audit.record(AuditEvent(.formRefused, by: .visitor, details: ["form": visit.form]))
            throw PageProblem(
                .forbidden, "csrf", .strangeForm(hasCookie: !guest.isNewBrowser), in: Course.pageForm,
                established: Established(guest))
        }
    }

    /// After a form: to the page that shows what it did, so that loading that page again repeats nothing.
    func done(_ word: String, at path: String, _ guest: Guest, _ visit: Visit) -> Reply {
        .seeOther("\(path)?done=\(formGuard.mark(word, for: guest.browser, at: visit.now))")
    }

    /// What was just done, as the address says it.
    func justDone(_ visit: Visit, _ guest: Guest) -> String? {
        formGuard.word(of: (try? visit.queryParameters())?["done"], for: guest.browser, at: visit.now)
    }

    func visitorRecord(_ visit: Visit, _ guest: Guest) -> Identity.Visitor {
        Identity.Visitor(
            browser: guest.browser.digest, userAgent: visit.headers[.userAgent], network: visit.network)
    }
}
