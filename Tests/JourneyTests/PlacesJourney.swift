import Identity
import OAuth
import Testing

@testable import Web
@testable import martlet

@Suite("Where somebody is signed in, as pages tell it")
struct PlacesJourney {
    private struct OnePlace: PlaceDirectory {
        func place(of address: String) -> String? { address == "192.0.2.1" ? "Zürich <b>, Switzerland" : nil }
    }

    private static let place = "<dt>Place</dt><dd dir=\"auto\">Zürich &lt;b&gt;, Switzerland</dd>"
    private static let unknown = "<dt>Place</dt><dd dir=\"auto\">Unknown</dd>"

    private func knowing(_ house: TestHouse) throws -> Reception {
        var groundwork = house.house.groundwork
        groundwork.places = OnePlace()
        return try House(groundwork, pages: house.house.rooms.pages).reception
    }

    @Test("B095: without a database of places each place is unknown, and the address stands beside it")
    func unknown() async throws {
        let house = try await TestHouse()
        _ = try await house.person()
        let page = await house.browser(from: "192.0.2.1").signedIn().get("/account/sessions")
        #expect(page.text.contains(Self.unknown) && page.text.contains("192.0.2.1"))
        #expect(!page.text.contains("Switzerland"))
    }

    @Test(
        "B095: the list of sessions and the administrator's page show the place, and an address of no place as unknown")
    func known() async throws {
        let house = try await TestHouse()
        let ada = try await house.person()
        _ = try await house.person("root@example.org", roles: [.administrator])
        let reception = try knowing(house)
        _ = await house.browser(from: "198.51.100.7").signedIn()
        let browser = await house.browser(from: "192.0.2.1").signedIn().moved(to: reception)
        let root = house.browser(from: "192.0.2.8").moved(to: reception)
        _ = await root.signIn(await root.get("/sign-in"), "root@example.org")
        for page in [await browser.get("/account/sessions"), await root.get("/admin/people/\(ada.id)")] {
            #expect(page.status == 200)
            #expect(page.text.contains(Self.place) && page.text.contains(Self.unknown) && !page.text.contains("<b>,"))
        }
    }
}
