/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TOKENIZER_H
#define ECLD_TOKENIZER_H

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ecld
{

/// @brief A token that is matched in the raw text before anything else happens to it.
struct AddedToken
{
    int32_t id{0};          ///< token id
    std::string content;    ///< the text, UTF-8
    bool special{false};    ///< control token: Decode may leave it out, GGUF marks it
    bool singleWord{false}; ///< matches only where no word character touches it
    bool stripLeft{false};  ///< takes the white space before it
    bool stripRight{false}; ///< takes the white space after it
    bool normalized{false}; ///< matched after the normaliser, else before it
};

/// @brief Families of pre-tokenisers that GGUF names in `tokenizer.ggml.pre`.
enum class PreTokenizerKind
{
    LLAMA3,         ///< "llama-bpe"
    QWEN2,          ///< "qwen2"
    TEKKEN,         ///< "tekken"
    GPT2,           ///< "gpt-2"
    SMOLLM,         ///< "smollm": single digits, then GPT-2's
    SENTENCE_PIECE, ///< "default" of the model "llama": no words, characters fall back to bytes
    OTHER           ///< something that llama.cpp has no name for
};

struct TokenizerTables;

/**
 * @brief A BPE tokenizer, read from Hugging Face's tokenizer.json: on bytes, or on characters that
 * fall back to bytes, as converted from SentencePiece (Llama 2, Mistral 7B).
 *
 * Encode: split at added tokens; normalise (NFC where the file says so, or blanks become marks);
 * split by the file's regular expressions; map bytes to printable characters, or take characters as
 * they are; merge by rank; add the template's special tokens. Tokenizers are values that share
 * their tables; all methods may be used by several threads except where one object is encoding in
 * two of them.
 */
class Tokenizer
{
  public:
    /**
     * @param path tokenizer.json, or the folder of the checkpoint
     * @return the tokenizer
     * @throws std::runtime_error one line naming file and field: no JSON, or a tokenizer of another
     * kind
     */
    static Tokenizer Read(const std::string& path);

    /**
     * @param text the document
     * @param file what messages call it
     * @return the tokenizer
     * @throws std::runtime_error as Read
     */
    static Tokenizer Parse(const std::string& text, const std::string& file);

    /**
     * @param text UTF-8
     * @param withSpecial add what the file's template adds, such as the token that begins a text;
     * special tokens that are written in the text are found either way, as in Hugging Face's
     * @return token ids
     * @throws std::runtime_error one line with the offset where the text is no UTF-8
     */
    std::vector<int32_t> Encode(std::string_view text, bool withSpecial) const;

    /**
     * @param ids token ids
     * @param skipSpecial leave special tokens out
     * @return the text; bytes that are no UTF-8 (a model may generate them) are kept
     * @throws std::invalid_argument naming an id that the vocabulary does not have
     */
    std::string Decode(const std::vector<int32_t>& ids, bool skipSpecial = true) const;

    /// @return largest id + 1, added tokens included: what the embedding needs at least
    int64_t GetVocabularySize() const;

    /// @param id a token @return the token as the file writes it (bytes mapped to printable
    /// characters, added tokens plain); empty for an id that no token has
    const std::string& GetToken(int32_t id) const;

    /// @param id a token @return the bytes that it stands for; empty for an id that no token has
    std::string GetTokenBytes(int32_t id) const;

    /// @param token as the file writes it @return its id, none if there is no such token
    std::optional<int32_t> FindId(const std::string& token) const;

    /// @return merges by rank, each "left right", as GGUF has them
    const std::vector<std::string>& GetMerges() const;

    /// @return added tokens, by id
    const std::vector<AddedToken>& GetAddedTokens() const;

    /// @return the added token with that id, none where it is an ordinary token @param id a token
    const AddedToken* FindAddedToken(int32_t id) const;

    /// @return ids that the template puts before a text
    const std::vector<int32_t>& GetPrefixIds() const;

    /// @return ids that the template puts behind a text
    const std::vector<int32_t>& GetSuffixIds() const;

    /// @return the family, by the regular expressions and normaliser
    PreTokenizerKind GetPreTokenizerKind() const;

    /// @return whether a text begins with the mark of a blank
    bool AddsLeadingSpace() const;

    /// @param byte any byte @return the token that it is where nothing is merged
    int32_t GetByteId(unsigned char byte) const;

    /// @return the token of what has none, none where every byte has one of its own
    std::optional<int32_t> GetUnknownId() const;

    /// @return whether a whole word that is a token wins over its merges
    bool IgnoresMerges() const;

    /// @return value of GGUF's `tokenizer.ggml.pre`, empty for PreTokenizerKind::OTHER
    std::string GetGgufPreTokenizer() const;

    /// @return the document as it was read, with LF ends of lines, for a copy of the checkpoint
    const std::string& GetDocument() const;

  private:
    /// @param tables the tables
    explicit Tokenizer(std::shared_ptr<const TokenizerTables> tables);

    /// @param text UTF-8, without added tokens of the raw text @param isFirst whether it begins the
    /// text @param ids where its ids go
    void EncodePart(std::string_view text, bool isFirst, std::vector<int32_t>& ids) const;

    /// @param text UTF-8 @param isFirst whether it begins the text @return it with marks for
    /// blanks, where the file says so
    std::string MarkSpaces(std::string_view text, bool isFirst) const;

    /// @param word UTF-8, one word @param ids where its ids go
    void EncodeWord(std::string_view word, std::vector<int32_t>& ids) const;

    std::shared_ptr<const TokenizerTables> m_tables; //!< the tables
};

/**
 * @brief Fail where a tokenizer has ids that a model's embedding lacks.
 * @param tokenizer the tokenizer
 * @param vocabularySize rows of the model's embedding
 * @param file what the message calls the checkpoint
 * @throws std::runtime_error one line naming file and both sizes
 */
void CheckVocabulary(const Tokenizer& tokenizer, int64_t vocabularySize, const std::string& file);

} // namespace ecld

#endif // ECLD_TOKENIZER_H
