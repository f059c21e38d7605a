import HTTPTypes

extension HTTPFields {
    /// The value of a field, of several lines joined as the subscript does it. Nearly always there is one line, and what
    /// joins them costs more than the rest of a small request's headers.
    func line(_ name: HTTPField.Name) -> String? {
        let fields = self[fields: name]
        return fields.count > 1 ? self[name] : fields.first?.value
    }
}
