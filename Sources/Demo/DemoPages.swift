import Foundation
import Hummingbird
import Mustache

/// Pages from the same templates as the provider's, and the few files these need.
struct DemoPages: Sendable {
    let messages: DemoMessages
    private let library: MustacheLibrary
    private let assets: [String: (type: String, bytes: [UInt8])]
    private let policy: String

    init(directory: String, issuer: String) throws {
        messages = try DemoMessages(file: "\(directory)/messages/en.json")
        var templates: [String: MustacheTemplate] = [:]
        for file in try FileManager.default.contentsOfDirectory(atPath: directory) where file.hasSuffix(".mustache") {
            let text = try String(contentsOfFile: "\(directory)/\(file)", encoding: .utf8)
            templates[String(file.dropLast(9))] = try MustacheTemplate(string: text)
        }
        library = MustacheLibrary(templates: templates)
        assets = try Self.assets(in: "\(directory)/assets")
        policy = Self.policy(formsMayLeadTo: issuer)
    }

    func page(_ template: String, _ content: [String: Any], status: HTTPResponse.Status = .ok) -> Response {
        let key = "title." + template.replacingOccurrences(of: "-", with: "_")
        let common: [String: Any] = [
            "lang": "en", "dir": "ltr", "title": messages[key], "issuerName": "Martlet demo",
            "css": "/assets/martlet.css", "script": "/assets/enhance.js", "favicon": "/assets/favicon.svg",
        ]
        let text = library.render(common.merging(content) { _, own in own }, withTemplate: template) ?? ""
        return response(text, type: "text/html; charset=utf-8", status: status)
    }

    func asset(_ name: String) -> Response {
        guard let asset = assets[name] else { return response("Not found\n", type: "text/plain", status: .notFound) }
        var response = response("", type: asset.type)
        response.headers[.cacheControl] = "no-cache"
        response.body = ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes))
        return response
    }

    func redirect(to address: String) -> Response {
        var response = response("", type: "text/plain", status: .seeOther)
        response.headers[.location] = address
        return response
    }

    private func response(_ text: String, type: String, status: HTTPResponse.Status = .ok) -> Response {
        var headers: HTTPFields = [
            .contentType: type, .cacheControl: "no-store", .contentSecurityPolicy: policy,
            .xContentTypeOptions: "nosniff",
        ]
        if let name = HTTPFields.Element.Name("Referrer-Policy") { headers[name] = "no-referrer" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func assets(in directory: String) throws -> [String: (type: String, bytes: [UInt8])] {
        let types = ["martlet.css": "text/css", "enhance.js": "text/javascript", "favicon.svg": "image/svg+xml"]
        return try Dictionary(
            uniqueKeysWithValues: types.map { name, type in
                (name, (type, Array(try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)")))))
            })
    }

    /// Browsers hold redirects after a form to `form-action` too, and both forms that leave lead to the provider.
    private static func policy(formsMayLeadTo issuer: String) -> String {
        let components = URLComponents(string: issuer)
        let port = components?.port.map { ":\($0)" } ?? ""
        let origin = "\(components?.scheme ?? "https")://\(components?.host ?? "localhost")\(port)"
        return "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self' \(origin); "
            + "base-uri 'none'; frame-ancestors 'none'"
    }
}
