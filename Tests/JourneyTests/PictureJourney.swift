import HTTPTypes
import Identity
import OAuth
import TestSupport
import Testing

@testable import Web

@Suite("Pictures of people")
struct PictureJourney {
    private func signedIn() async throws -> (TestHouse, TestBrowser) {
        let house = try await TestHouse()
        _ = try await house.person()
        return (house, await house.browser().signedIn())
    }

    private func portrait(_ page: TestPage) -> String? {
        page.text.firstMatch(of: /<img class="portrait" src="([^"]*)"/).map { String($0.1) }
    }

    @Test("B039: a picture is shown as what it is found to be, sandboxed, for a day, and to other sites too")
    func served() async throws {
        let (house, browser) = try await signedIn()
        let done = await browser.upload(await browser.get("/account/profile"), SamplePictures.jpeg, as: "image/svg+xml")
        #expect(done.status == 303 && done.location?.hasPrefix("/account/profile?done=picture_saved.") == true)
        let path = try #require(portrait(await browser.get("/account/profile")))
        let picture = await house.browser().get(path)
        #expect(picture.status == 200 && picture.header("Content-Type") == "image/jpeg")
        #expect(picture.header("X-Content-Type-Options") == "nosniff")
        #expect(picture.header("Content-Security-Policy")?.contains("default-src 'none'; sandbox") == true)
        #expect(picture.header("Cache-Control") == "public, max-age=86400")
        #expect(picture.header("Cross-Origin-Resource-Policy") == "cross-origin" && picture.cookies.isEmpty)
        #expect(picture.reply.body == (try PictureFile(reading: SamplePictures.jpeg)).bytes)
        #expect(portrait(await browser.get("/account")) == path)
        #expect(house.audit.events.last?.details == ["to": "jpeg"])
    }

    @Test("Another picture has another address, and the old one is gone; so is one that is removed")
    func replaced() async throws {
        let (house, browser) = try await signedIn()
        let page = await browser.get("/account/profile")
        _ = await browser.upload(page, SamplePictures.png)
        let first = try #require(portrait(await browser.get("/account")))
        _ = await browser.upload(page, SamplePictures.webP)
        let second = try #require(portrait(await browser.get("/account")))
        #expect(first != second)
        #expect(await house.browser().get(first).status == 404)
        #expect(await house.browser().get(second).header("Content-Type") == "image/webp")
        let removed = await browser.submit(
            await browser.get("/account/profile"), [:], action: "/account/picture/remove")
        #expect(removed.text.contains("Your picture is removed.") && portrait(removed) == nil)
        #expect(await house.browser().get(second).status == 404)
        #expect(house.audit.count(.pictureChanged) == 3)
    }

    @Test("B039: who has a picture is told that it is unchanged, and that it is gone; nobody else is told either")
    func revalidated() async throws {
        let (house, browser) = try await signedIn()
        _ = await browser.upload(await browser.get("/account/profile"), SamplePictures.png)
        let path = try #require(portrait(await browser.get("/account")))
        let reader = house.browser(from: "192.0.2.8")
        let tag = try #require(await reader.get(path).header("ETag"))
        #expect(tag.hasPrefix("\"") && tag.hasSuffix("\"") && path.hasSuffix(tag.filter { $0 != "\"" }))
        for known in [tag, "W/" + tag, "\"other\", " + tag, tag + ",\"other\""] {
            let unchanged = await reader.send(.get, path, headers: ["If-None-Match": known])
            #expect(unchanged.status == 304 && unchanged.reply.body.isEmpty, "\(known)")
            #expect(unchanged.header("ETag") == tag && unchanged.header("Cache-Control") == "public, max-age=86400")
        }
        for other in ["\"other\"", "", "\"", String(tag.dropLast()), tag.uppercased(), "x" + tag] {
            #expect(await reader.send(.get, path, headers: ["If-None-Match": other]).status == 200, "\(other)")
        }
        _ = await browser.submit(await browser.get("/account/profile"), [:], action: "/account/picture/remove")
        for known in [tag, "W/" + tag, "*"] {
            #expect(await reader.send(.get, path, headers: ["If-None-Match": known]).status == 404, "\(known)")
        }
    }

    @Test("B026: apps are told where the picture is, with the scope profile, by the issuer's address")
    func claim() async throws {
        let (house, browser) = try await signedIn()
        _ = await browser.upload(await browser.get("/account/profile"), SamplePictures.png)
        let path = try #require(portrait(await browser.get("/account")))
        let tokens = try await house.tokens(for: .shop, in: browser, ["scope": "openid profile"])
        let claims = await TestApp.userInfo(tokens.access, at: house.reception)
        #expect(claims["picture"]?.stringValue == TestHouse.origin + path)
    }

    @Test(
        "B039: what is no such picture changes nothing, and the page says why",
        arguments: [
            (Array("<svg xmlns='http://www.w3.org/2000/svg'/>".utf8), 422, "no PNG, JPEG or WebP"),
            (Array("<script>alert(1)</script>".utf8), 422, "no PNG, JPEG or WebP"), (SamplePictures.gif, 422, "no PNG"),
            ([], 422, "Choose a file first"), (Array(SamplePictures.png.prefix(60)), 422, "is damaged"),
            (SamplePictures.widePNG, 422, "from 16 to 4096"), (SamplePictures.animatedWebP, 422, "moves"),
            (SamplePictures.png + [UInt8](repeating: 0, count: PictureFile.most), 422, "larger than 1 MB"),
        ] as [([UInt8], Int, String)])
    func refused(bytes: [UInt8], status: Int, words: String) async throws {
        let (house, browser) = try await signedIn()
        let page = await browser.upload(await browser.get("/account/profile"), bytes)
        #expect(page.status == status && page.text.contains(words) && page.text.contains("id=\"picture-error\""))
        #expect(portrait(await browser.get("/account")) == nil && house.audit.count(.pictureChanged) == 0)
        try await house.expect(page, Explained(.form, "a picture that cannot be taken", "PNG, JPEG or WebP", "another"))
    }

    @Test("WB6: a picture sent from elsewhere, or by nobody signed in, is not taken")
    func forged() async throws {
        let (house, browser) = try await signedIn()
        let page = await browser.get("/account/profile")
        for csrf in ["", "x", "token"] {
            #expect(await browser.upload(page, SamplePictures.png, csrf: csrf).status == 403)
        }
        let stranger = house.browser(from: "192.0.2.9")
        let csrf = try #require(await stranger.get("/sign-in").forms.first?.fields["csrf"])
        #expect(await stranger.upload(page, SamplePictures.png, csrf: csrf).status == 401)
        let form = page.forms.first { $0.action == "/account/picture" }?.fields ?? [:]
        let plain = await browser.send(.post, "/account/picture", form: form.map { (name: $0.key, value: $0.value) })
        #expect(plain.status == 415)
        #expect(portrait(await browser.get("/account")) == nil)
        #expect(await browser.get("/account/picture").status == 405)
    }

    @Test("IN5: this one address takes a megabyte; all others stay as small as they are")
    func limits() async throws {
        let (house, _) = try await signedIn()
        for route in Reception.routes(house.reception.rooms) {
            let most = house.reception.mostBody(of: route.path + "?x=1", otherwise: 65_536)
            #expect(most == (route.path == "/account/picture" ? PictureFile.most + 16_384 : 65_536), "\(route.path)")
        }
        #expect(house.reception.mostBody(of: "/nowhere", otherwise: 65_536) == 65_536)
    }

    @Test(
        "B068, WB7: an address that names no picture is a page like any other",
        arguments: ["/pictures/x", "/pictures/", "/pictures/..%2fx", "/pictures/<script>", "/pictures/x/y"])
    func absent(path: String) async throws {
        let (house, _) = try await signedIn()
        let page = await house.browser().get(path)
        #expect(page.status == 404 && page.header("Content-Type") == "text/html; charset=utf-8")
        #expect(!page.text.contains("<script>x") && page.header("Cache-Control") == "no-store")
    }

    @Test("SE6: the picture of somebody who left is not shown any more")
    func left() async throws {
        let (house, browser) = try await signedIn()
        _ = await browser.upload(await browser.get("/account/profile"), SamplePictures.png)
        let path = try #require(portrait(await browser.get("/account")))
        let ada = try #require(try await house.store.account(canonicalEmail: "ada@example.org"))
        _ = try await house.store.delete(ada.id, by: .person, mailing: [], at: house.clock.now)
        #expect(await house.browser().get(path).status == 404)
    }
}
