/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GGUF_WRITER_H
#define ECLD_GGUF_WRITER_H

#include "gguf.h"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief Writes a GGUF file, version 3, without holding the tensors (ggml: docs/gguf.md).
 *
 * Add metadata and declare all tensors, then write the data of each in that order, in parts of any
 * size, then Commit, which puts the file in its place.
 */
class GgufWriter
{
  public:
    /// @param path where the file will be
    explicit GgufWriter(const std::string& path);
    ~GgufWriter();

    GgufWriter(const GgufWriter&) = delete;
    GgufWriter& operator=(const GgufWriter&) = delete;

    /**
     * Add a key, before the first Write.
     * @param key lower-case words joined by dots, not yet there, at most 65535 bytes
     * @param value its value; floating-point ones finite. Mind the type: a `"text"` must be a
     * std::string, a plain 3 is an int32
     * @throws std::invalid_argument naming file and key
     */
    void AddMetadata(const std::string& key, GgufValue value);

    /**
     * Declare a tensor, before the first Write.
     * @param name not yet declared, 1 to 63 bytes
     * @param type type of its blocks
     * @param shape extents, outermost first, as torch has them
     * @throws std::invalid_argument naming file and tensor
     */
    void Declare(const std::string& name, GgufType type, const std::vector<int64_t>& shape);

    /**
     * Append data to a tensor.
     * @param name the declared tensor whose turn it is
     * @param data its blocks
     * @param sizeBytes how many bytes, not more than are missing
     * @throws std::invalid_argument naming the tensor: not its turn, or too many bytes
     * @throws std::runtime_error naming the file that cannot be written
     */
    void Write(const std::string& name, const void* data, std::size_t sizeBytes);

    /**
     * Put the file in its place.
     * @throws std::invalid_argument naming a tensor whose data are missing
     * @throws std::runtime_error naming the file that cannot be written
     */
    void Commit();

  private:
    struct Impl;                  //!< the file and turns
    std::unique_ptr<Impl> m_impl; //!< the state
};

} // namespace ecld

#endif // ECLD_GGUF_WRITER_H
