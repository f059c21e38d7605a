import Foundation
import HTTPTypes
import OAuth
import Synchronization
import Web

/// A browser without a screen: keeps cookies, fills in forms, follows redirects within the issuer.
final class TestBrowser: Sendable {
    let reception: Reception
    let peer: String
    private let jar = Mutex<[String: String]>([:])
    /// Whose database is removed when nobody has it any more.
    private let house: TestHouse?

    init(reception: Reception, peer: String, of house: TestHouse? = nil) {
        self.reception = reception
        self.peer = peer
        self.house = house
    }

    var cookies: [String: String] {
        get { jar.withLock { $0 } }
        set { jar.withLock { $0 = newValue } }
    }

    /// The same browser, cookies and all, at another process.
    func moved(to reception: Reception) -> TestBrowser {
        let copy = TestBrowser(reception: reception, peer: peer, of: house)
        copy.cookies = cookies
        return copy
    }

    func send(
        _ method: HTTPRequest.Method, _ target: String, form: [(name: String, value: String)]? = nil,
        headers: [String: String] = [:]
    ) async -> TestPage {
        var fields = HTTPFields(headers)
        let cookie = cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        if !cookie.isEmpty, fields[.cookie] == nil { fields[.cookie] = cookie }
        if form != nil, fields[.contentType] == nil { fields[.contentType] = "application/x-www-form-urlencoded" }
        let reply = await reception.answer(
            IncomingRequest(
                method: method, target: target, headers: fields,
                body: form.map { Array(FormEncoding.encode($0).utf8) } ?? [],
                peer: peer))
        keepCookies(reply)
        return TestPage(target: target, reply: reply)
    }

    func get(_ target: String) async -> TestPage { await send(.get, target) }

    /// Follows redirects until a page or another site is reached.
    func visit(_ target: String) async -> TestPage { await follow(send(.get, target)) }

    func follow(_ page: TestPage) async -> TestPage {
        var page = page
        for _ in 0..<10 {
            guard let location = page.location, location.hasPrefix("/") else { return page }
            page = await send(.get, location)
        }
        return page
    }

    /// Fills in a form of a page, its hidden fields kept, and follows where it leads. Without `action` the
    /// first form there is; `nil` values leave a field out.
    func submit(_ page: TestPage, _ values: [String: String?], action: String? = nil) async -> TestPage {
        await follow(post(page, values, action: action))
    }

    func post(
        _ page: TestPage, _ values: [String: String?], action: String? = nil, headers: [String: String] = [:]
    ) async -> TestPage {
        let form = page.forms.first { action == nil || $0.action == action }
        var fields: [String: String?] = form?.fields ?? [:]
        for (name, value) in values { fields[name] = .some(value) }
        let pairs = fields.compactMap { name, value in value.map { (name: name, value: $0) } }
        return await send(
            .post, action ?? form?.action ?? page.target, form: pairs.sorted { $0.name < $1.name }, headers: headers)
    }

    /// Signed in with the password that people of the tests have.
    func signedIn(_ email: String = "ada@example.org") async -> TestBrowser {
        _ = await signIn(await get("/sign-in"), email)
        return self
    }

    /// To an address of which the page has no form, with the token of the page: what an attacker's own browser can send.
    func forge(_ page: TestPage, _ values: [String: String?] = [:], to path: String) async -> TestPage {
        await post(page, values.merging(["csrf": page.forms.first?.fields["csrf"]]) { own, _ in own }, action: path)
    }

    func signIn(_ page: TestPage, _ email: String, password: String = TestHouse.password) async -> TestPage {
        await submit(page, ["email": email, "password": password], action: "/sign-in")
    }

    /// Sends a picture by the form of a page, as browsers do.
    func upload(_ page: TestPage, _ picture: [UInt8], as type: String = "image/png", csrf: String? = nil) async
        -> TestPage
    {
        let form = page.forms.first { $0.action == "/account/picture" }
        let token = csrf ?? form?.fields["csrf"] ?? ""
        let head =
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n\(token)\r\n--b\r\n"
            + "Content-Disposition: form-data; name=\"picture\"; filename=\"me.svg\"\r\nContent-Type: \(type)\r\n\r\n"
        var headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        headers[.cookie] = cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let reply = await reception.answer(
            IncomingRequest(
                method: .post, target: "/account/picture", headers: headers,
                body: Array(head.utf8) + picture + Array("\r\n--b--\r\n".utf8), peer: peer))
        return TestPage(target: "/account/picture", reply: reply)
    }

    private func keepCookies(_ reply: Reply) {
        for value in reply.headers[values: .setCookie] {
            let parts = value.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let pair = parts.first, let equals = pair.firstIndex(of: "=") else { continue }
            let name = String(pair[..<equals])
            let isGone = parts.contains("Max-Age=0")
            jar.withLock { $0[name] = isGone ? nil : String(pair[pair.index(after: equals)...]) }
        }
    }
}

extension HTTPFields {
    init(_ headers: [String: String]) {
        self.init()
        for (name, value) in headers {
            if let name = HTTPField.Name(name) { self[name] = value }
        }
    }
}
