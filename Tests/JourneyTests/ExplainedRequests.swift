import OAuth
import Testing

@Suite("Why an authorization request was refused")
struct ExplainedRequests {
    /// Each refusal with what its explanation says: check, seen, expected, repair.
    static let refusals: [(TestApp, [String: String?], Explained)] = [
        (
            .shop, ["client_id": "Shop"],
            Explained(.client, "Shop", "nearest registered one is shop", "martlet client list")
        ),
        (.shop, ["client_id": nil], Explained(.client, "nothing", "registered client_id", "must send client_id")),
        (
            .shop, ["redirect_uri": "https://shop.example/callback/"],
            Explained(
                .redirectAddress, "https://shop.example/callback/", "difference: a slash too many at the end",
                "martlet client update shop --add-redirect-uri")
        ),
        (
            .shop, ["redirect_uri": "http://shop.example:8080/callback"],
            Explained(
                .redirectAddress, "http://shop.example:8080/callback",
                "https://shop.example/callback (the nearest registered one; the difference: http instead of https; a port, 8080",
                "exactly https://shop.example/callback")
        ),
        (
            .bank, ["redirect_uri": nil],
            Explained(.redirectAddress, "nothing", "2 addresses", "martlet client show bank")
        ),
        (
            .shop, ["response_type": "token"],
            Explained(.request, "response_type token", "code", "authorization code flow")
        ),
        (
            .bank, ["response_mode": "form_post"],
            Explained(.request, "form_post", "query", "change response_modes: martlet client show bank > bank.draft")
        ),
        (.shop, ["request": "x"], Explained(.request, "request", "without request", "Switch off request")),
        (
            .app, ["scope": "openid roles"],
            Explained(.scope, "roles", "of openid profile email", "martlet client update app --scope")
        ),
        (
            .app, ["code_challenge": nil, "code_challenge_method": nil],
            Explained(.proofKey, "no code_challenge", "S256", "Switch on PKCE")
        ),
        (.app, ["code_challenge_method": "plain"], Explained(.proofKey, "plain", "S256", "Set the PKCE method")),
        (
            .shop, ["resource": "https://api.nowhere.example/"],
            Explained(
                .resource, "https://api.nowhere.example/", "https://other.example/",
                "add it to martlet_resources: martlet client show shop >")
        ),
        (.shop, ["claims": "{"], Explained(.claims, "no JSON object", "§5.5", "claims")),
        (.shop, ["prompt": "sometimes"], Explained(.demands, "prompt sometimes", "none, login", "Correct prompt")),
        (.shop, ["max_age": "a day"], Explained(.demands, "max_age a day", "seconds", "Correct max_age")),
        (.shop, ["acr_values": "gold"], Explained(.demands, "acr gold", "urn:martlet:acr:1", "leave it out")),
        (.shop, ["prompt": "none"], Explained(.session, "nobody", "prompt=none", "normal answer")),
    ]

    @Test(
        "Each refused request names the check, what was seen and expected, and a repair (AZ1, AZ3, CF1)",
        arguments: refusals.indices)
    func requests(index: Int) async throws {
        let (app, changes, wanted) = Self.refusals[index]
        let house = try await TestHouse()
        let page = await house.browser().get(app.request(changes))
        let course = Course.authorization
        let place = try #require(course.firstIndex(of: wanted.check))
        try await house.expect(page, wanted, after: Array(course.prefix(place)))
    }

    @Test("Checks that were passed show what they were content with; the app is named only once it is known (CF1)")
    func passed() async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.shop.request(["scope": "openid unheard"]))
        let explanation = try await house.explanation(of: page)
        #expect(explanation.examination.clientID == "shop" && explanation.route == "GET /authorize")
        let seen = explanation.examination.checks.compactMap {
            if case .passed(let seen?) = $0.outcome { "\($0.name.rawValue) \(seen)" } else { nil }
        }
        #expect(
            seen == [
                "client shop", "redirect_address https://shop.example/callback", "request response_type=code",
            ])
        let stranger = await house.browser().get(TestApp.shop.request(["client_id": "stranger"]))
        #expect(try await house.explanation(of: stranger).examination.clientID == nil)
    }

    @Test("A parameter given twice, another browser and a lost request are explained, too (AZ14, AZ21)")
    func browsers() async throws {
        let house = try await TestHouse()
        let twice = await house.browser().get(TestApp.shop.request() + "&scope=openid")
        try await house.expect(twice, Explained(.form, "scope more than once", "once", "builds"), after: [.throttle])
        let page = await house.browser().visit(TestApp.shop.request())
        let handle = try #require(page.handle)
        let stolen = await house.browser().get("/authorize/continue?request=\(handle)")
        try await house.expect(
            stolen, Explained(.browserBinding, "another browser", "that began", "same browser"), after: [.pausedRequest]
        )
        let lost = await house.browser().get("/sign-in?request=mpa_unknown")
        try await house.expect(
            lost, Explained(.pausedRequest, "expired", "lifetimes.", "Go back to the app"), after: [])
    }

    @Test("On the developer's own machine the page says the nearest address; elsewhere only that it is another (AZ3)")
    func developer() async throws {
        let wrong = TestApp.shop.request(["redirect_uri": "https://shop.example/callback/%3Cb%3E"])
        // Kept to the end: with a house goes its database.
        let (house, secure) = (try await TestHouse(), try await TestHouse.secure())
        let here = await house.browser().get(wrong)
        #expect(here.text.contains("https://shop.example/callback (the nearest registered one"))
        let elsewhere = await secure.browser().get(wrong)
        #expect(!elsewhere.text.contains("shop.example"))
        for page in [here, elsewhere] {
            #expect(page.status == 400 && page.location == nil && !page.text.contains("<b>"))
            #expect(page.text.contains("redirect_uri is not registered for this client"))
        }
    }

    @Test("What goes back to an app bears the reference in its description (TK20)")
    func returned() async throws {
        let house = try await TestHouse()
        let page = await house.browser().get(TestApp.shop.request(["prompt": "none"]))
        let reference = try #require(page.header("X-Request-Id"))
        #expect(page.answer["error_description"] == "nobody is signed in (reference \(reference))")
        let form = await house.browser().get(
            TestApp.shop.request(["prompt": "none", "response_mode": "form_post"]))
        let field = try #require(form.header("X-Request-Id"))
        #expect(form.text.contains("nobody is signed in (reference \(field))"))
        #expect(try await house.explanation(of: form).examination.failed?.check == .session)
    }
}
