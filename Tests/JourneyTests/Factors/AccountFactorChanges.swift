import Foundation
import Identity
import OAuth
import TestSupport
import Testing

@testable import Web
@testable import martlet

@Suite("Changing and removing a second step")
struct AccountFactorChanges {
    private static let security = "/account/security"
    private static let rename = "/account/factors/rename"
    private static let remove = "/account/factors/remove"
    private static let codes = "/account/factors/codes"

    @Test(
        "B115: a factor is renamed; what is no name changes nothing",
        arguments: [
            ("My phone", true), ("  Télefon 2  ", true), ("", false), ("   ", false), ("a\nb", false),
            ("a\u{202E}b", false), (String(repeating: "x", count: 65), false),
        ])
    func renaming(name: String, isGood: Bool) async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let (browser, factor) = (holder.browser, try await holder.factor)
        let page = await browser.get(Self.security)
        let done = await browser.post(page, ["factor": factor.id, "name": name], action: Self.rename)
        #expect(done.status == (isGood ? 303 : 422))
        let kept = try await holder.factor.name
        #expect(kept == (isGood ? name.trimmingCharacters(in: .whitespaces) : factor.name))
        if isGood { #expect(await browser.follow(done).text.contains(kept)) }
        if !isGood { try await holder.house.expect(done, Explained(.form, "a name", "one line", "another")) }
    }

    @Test("WB7: what a factor is called is text on the page, whatever it holds")
    func escaped() async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let page = await holder.browser.get(Self.security)
        let name = "<script>x(1)</script>\"{{csrf}}"
        let values: [String: String?] = ["factor": try await holder.factor.id, "name": name]
        let done = await holder.browser.submit(page, values, action: Self.rename)
        #expect(done.text.contains("&lt;script&gt;x(1)") && !done.text.contains("<script>x"))
        #expect(done.text.contains("{{csrf}}") || done.text.contains("&#123;&#123;csrf"))
    }

    @Test(
        "B068, IN4: somebody else's factor is answered like one that there is not, and stays as it is",
        arguments: ["rename", "remove"])
    func foreign(word: String) async throws {
        let house = try await TestHouse()
        let bob = try await FactorHolder("bob@example.org", in: house, from: "192.0.2.2")
        let ada = try await FactorHolder(in: house)
        let theirs = try await bob.factor.id
        let page = await ada.browser.get(Self.security)
        var texts: Set<String> = []
        for id in [theirs, "unknown", "", "x' OR '1'='1"] {
            let values: [String: String?] = ["factor": id, "name": "Mine", "sure": "yes"]
            let done = await ada.browser.forge(page, values, to: "/account/factors/" + word)
            #expect(done.status == 404 && done.text.contains("Nothing was changed."))
            texts.insert(done.text.replacing(done.reference ?? "-", with: ""))
            let asked = await ada.browser.get(Self.remove + "?factor=" + FormEncoding.escape(id))
            #expect(asked.status == 404)
        }
        #expect(texts.count == 1, "told alike")
        #expect(try await bob.factor.name != "Mine")
        #expect(try await bob.holdings.factors.count == 1)
        #expect(try await ada.holdings.factors.count == 1)
    }

    @Test("B115: the last factor goes after a warning and a second yes; codes go with it, and a mail says so")
    func removingLast() async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let (house, browser) = (holder.house, holder.browser)
        let factor = try await holder.factor
        let page = await browser.get(Self.security)
        let asked = await browser.post(page, ["factor": factor.id], action: Self.remove)
        #expect(asked.status == 303)
        let warning = await browser.follow(asked)
        #expect(warning.text.contains("This is your only second step") && warning.text.contains("Keep it"))
        #expect(try await holder.holdings.codesLeft == 10, "asking removes nothing")
        let done = await browser.submit(warning, [:], action: Self.remove)
        #expect(done.status == 200 && done.text.contains("The second step is switched off"))
        let left = try await holder.holdings
        #expect(!left.isEnrolled && left.codesLeft == 0)
        #expect(try await house.posted(about: holder.account).contains(.factorRemoved))
        #expect(house.audit.count(.factorRemoved) == 1)
        let twice = await browser.forge(done, ["factor": factor.id, "sure": "yes"], to: Self.remove)
        #expect(twice.status == 404)
    }

    @Test("B110: codes are shown in the answer to the form that makes them, and never again; the old ones are dead")
    func codesOnce() async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let (house, browser) = (holder.house, holder.browser)
        #expect(Set(holder.codes).count == 10)
        let page = await browser.get(Self.codes)
        #expect(page.backupCodes.isEmpty && page.text.contains("You have 10 backup codes left."))
        let new = await browser.post(page, [:], action: Self.codes)
        #expect(new.status == 200 && Set(new.backupCodes).count == 10)
        #expect(Set(new.backupCodes).isDisjoint(with: holder.codes))
        #expect(new.header("Cache-Control") == "no-store" && new.header("Referrer-Policy") == "no-referrer")
        #expect(try await house.posted(about: holder.account).contains(.backupCodesRenewed))
        for path in [Self.codes, Self.security, "/account/factors/set-up", FactorHolder.appPage] {
            let text = await browser.get(path).text
            #expect(!(holder.codes + new.backupCodes).contains(where: text.contains), "\(path)")
        }
        let kept = try await house.rows()
        #expect(!(holder.codes + new.backupCodes).contains(where: kept.contains))
    }

    @Test("B110: without a second step there are no codes; one is led to set one up")
    func noCodes() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let browser = await house.browser().signedIn()
        #expect(await browser.get(Self.codes).location == "/account/factors/set-up")
        let forged = await browser.forge(await browser.get(Self.security), to: Self.codes)
        #expect(forged.backupCodes.isEmpty && forged.status != 200)
    }

    @Test(
        "B115, MF8: a session that was taken over changes nothing: it is led to prove a factor first",
        arguments: [
            "/account/factors/app", "/account/factors/mail", "/account/factors/passkeys", "/account/factors/codes",
            "/account/factors/rename", "/account/factors/remove",
        ])
    func takenOver(path: String) async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let (house, browser, factor) = (holder.house, holder.browser, try await holder.factor)
        let before = try await holder.holdings
        house.clock.advance(301)
        let page = await browser.get(Self.security)
        #expect(page.status == 200 && page.text.contains("Second step"))
        let sent: [String: String?] = [
            "factor": factor.id, "name": "Theirs", "sure": "yes", "code": holder.app.code(at: house.clock.now),
            "draft": "x", "answer": "{}",
        ]
        let posted = await browser.forge(page, sent, to: path)
        #expect(posted.status == 303 && posted.location?.hasPrefix("/second-factor?next=%2Faccount%2F") == true)
        #expect(posted.backupCodes.isEmpty && posted.cookies.isEmpty)
        let read = await browser.get(path + "?factor=" + factor.id)
        #expect(read.status == 405 || read.location?.hasPrefix("/second-factor?next=") == true)
        #expect(try await holder.holdings == before)
    }

    @Test("MF7, MF8: with a factor just proven the same form does what it says")
    func proven() async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let (house, browser) = (holder.house, holder.browser)
        house.clock.advance(301)
        let asked = await browser.visit(Self.codes)
        #expect(asked.target.hasPrefix("/second-factor"))
        let back = await holder.prove(asked)
        #expect(back.target == Self.codes && back.status == 200)
        #expect(await browser.post(back, [:], action: Self.codes).backupCodes.count == 10)
    }

    @Test("B028, B099: switched off there is no page, no link and no section, and what was set up stays")
    func off() async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let before = try await holder.holdings
        #expect(await holder.browser.get(Self.security).text.contains("id=\"second-step\""))
        let off = try await holder.house.siblingHouse { $0.secondFactor.isOn = false }
        let browser = holder.browser.moved(to: off.reception)
        let page = await browser.get(Self.security)
        #expect(page.status == 200 && !page.text.contains("econd step") && !page.text.contains("/account/factors"))
        for path in ["set-up", "app", "mail", "mail/code", "passkeys", "codes", "remove", "remembered/forget-all"] {
            #expect(await browser.get("/account/factors/" + path).status == 404, "\(path)")
            #expect(await browser.forge(page, to: "/account/factors/" + path).status == 404, "\(path)")
        }
        #expect(!(await browser.get("/account/sessions").text.contains("Second step")))
        #expect(try await holder.holdings == before)
        #expect(await holder.browser.get(Self.security).text.contains("id=\"second-step\""))
    }

    @Test("B100: browsers that skip the second step are one's own to forget; another's is answered like none")
    func remembered() async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let page = await holder.browser.get(Self.security)
        for id in ["unknown", "", "1"] {
            let done = await holder.browser.forge(page, ["browser": id], to: "/account/factors/remembered/forget")
            #expect(done.status == 404 && done.text.contains("Nothing was changed."))
        }
        let all = await holder.browser.forge(page, to: "/account/factors/remembered/forget-all")
        #expect(all.status == 303 && holder.house.audit.count(.browsersForgotten) == 0)
    }

    @Test("SE7, B126: the list of sessions and the file to take along tell of it, and hold no secret")
    func told() async throws {
        let holder = try await FactorHolder(in: TestHouse())
        let browser = holder.browser
        let sessions = await browser.get("/account/sessions").text
        #expect(sessions.contains("Password, Code of an authenticator app") && sessions.contains("Second step"))
        let export = await browser.post(await browser.get("/account/data"), [:], action: "/account/export")
        let factors = export["factors"]?.arrayValue ?? []
        #expect(factors.count == 1 && factors.first?.objectValue?["kind"] == "totp")
        #expect(export["backup_codes"]?.objectValue?["left"] == .integer(10))
        #expect(export["browsers_without_second_factor"] == .array([]))
        for code in holder.codes { #expect(!export.text.contains(code)) }
        #expect(!export.text.lowercased().contains("seed") && !export.text.contains("secret"))
    }
}
