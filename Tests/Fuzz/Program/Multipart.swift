import HTTPTypes

@testable import Web

/// `multipart/form-data`, RFC 7578, by which pictures are sent. First a line that goes into `Content-Type`, then the
/// body.
struct MultipartTarget: FuzzTarget {
    static let name = "multipart"

    func check(_ bytes: [UInt8]) {
        var pieces = Pieces(bytes)
        let (type, body) = (pieces.textLine(), pieces.remainder())
        let headers: HTTPFields = [.contentType: type]
        if MultipartForm.isSent(headers) {
            let sent = headers[.contentType]?.lowercased() ?? ""
            demand(sent.hasPrefix("multipart/form-data;"), "only this type has parts")
        }
        guard let form = try? MultipartForm(body, boundary: "b0undary") else { return }
        let names = form.fields.map(\.name) + form.files.keys
        demand(names.count <= 8 && Set(names).count == names.count, "8 parts at most, each name once")
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789_")
        demand(names.allSatisfy { !$0.isEmpty && $0.allSatisfy(letters.contains) }, "names are plain")
        demand(form.files.values.allSatisfy { $0.count < body.count }, "a file is a part of the body")
        checkAgain(form)
    }

    /// What was read, written as a browser would, is read as the same.
    private func checkAgain(_ form: MultipartForm) {
        var body: [UInt8] = []
        for field in form.fields { body += part("name=\"\(field.name)\"", Array(field.value.utf8)) }
        for (name, content) in form.files { body += part("name=\"\(name)\"; filename=\"x\"", content) }
        guard !body.isEmpty else { return }
        let again = try? MultipartForm(body + Array("--b0undary--\r\n".utf8), boundary: "b0undary")
        demand(again?.files == form.files, "files that are written are read again")
        demand(
            again?.fields.elementsEqual(form.fields) {
                $0.name == $1.name && Array($0.value.utf8) == Array($1.value.utf8)
            }
                ?? false, "fields that are written are read again")
    }

    private func part(_ name: String, _ content: [UInt8]) -> [UInt8] {
        Array("--b0undary\r\nContent-Disposition: form-data; \(name)\r\n\r\n".utf8) + content + [0x0D, 0x0A]
    }
}
