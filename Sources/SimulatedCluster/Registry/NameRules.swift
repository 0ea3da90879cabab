/// The rules for names, with the API server's texts. Source: `k8s.io/apimachinery/pkg/util/validation`.
enum NameRules {
  private static let labelText =
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and "
    + "must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex "
    + "used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
  private static let subdomainText =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or "
    + "'.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
    + "for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
  private static let label1035Text =
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an "
    + "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
    + "'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"

  /// DNS-1123 subdomain, at most 253 characters: most kinds.
  static func subdomain(_ name: String) -> [String] {
    var errors: [String] = []
    if name.utf8.count > 253 { errors.append("must be no more than 253 characters") }
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    if !parts.allSatisfy(isLabel) { errors.append(subdomainText) }
    return errors
  }

  /// DNS-1123 label, at most 63 characters: namespaces, containers, volumes.
  static func label(_ name: String) -> [String] {
    var errors: [String] = []
    if name.utf8.count > 63 { errors.append("must be no more than 63 characters") }
    if !isLabel(name[...]) { errors.append(labelText) }
    return errors
  }

  /// DNS-1035 label, at most 63 characters: services.
  static func label1035(_ name: String) -> [String] {
    var errors: [String] = []
    if name.utf8.count > 63 { errors.append("must be no more than 63 characters") }
    let startsWithLetter = name.utf8.first.map { (97...122).contains($0) } ?? false
    if !isLabel(name[...]) || !startsWithLetter { errors.append(label1035Text) }
    return errors
  }

  private static func isLabel(_ text: Substring) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last else { return false }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (48...57).contains(byte)
    }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 45 }
  }

  private static let qualifiedNameText =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end "
    + "with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
    + "validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

  /// The key of a label or an annotation: an optional prefix and a name.
  static func qualifiedName(_ key: String) -> [String] {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    var errors: [String] = []
    let name: Substring
    switch parts.count {
    case 1: name = parts[0]
    case 2:
      name = parts[1]
      if parts[0].isEmpty {
        errors.append("prefix part must be non-empty")
      } else {
        errors += subdomain(String(parts[0])).map { "prefix part \($0)" }
      }
    default:
      return [
        "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start "
          + "and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', "
          + "regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an "
          + "optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
      ]
    }
    if name.isEmpty { errors.append("name part must be non-empty") }
    if name.utf8.count > 63 { errors.append("name part must be no more than 63 characters") }
    if !isQualified(name) { errors.append(qualifiedNameText) }
    return errors
  }

  /// The value of a label.
  static func labelValue(_ value: String) -> [String] {
    var errors: [String] = []
    if value.utf8.count > 63 { errors.append("must be no more than 63 characters") }
    if !value.isEmpty && !isQualified(value[...]) {
      errors.append(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
          + "'.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or "
          + "'my_value',  or '12345', regex used for validation is "
          + "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")
    }
    return errors
  }

  private static func isQualified(_ text: Substring) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last else { return false }
    func isAlphanumeric(_ byte: UInt8) -> Bool {
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
    }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && bytes.allSatisfy { isAlphanumeric($0) || $0 == 45 || $0 == 95 || $0 == 46 }
  }
}
