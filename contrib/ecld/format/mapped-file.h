/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_MAPPED_FILE_H
#define ECLD_MAPPED_FILE_H

#include <cstddef>
#include <memory>
#include <string>

namespace ecld
{

/**
 * @brief A regular file, mapped for reading.
 *
 * Nothing may cut the file while it is mapped: the operating system then ends the process. That is
 * why every writer here renames instead of overwriting.
 */
class MappedFile
{
  public:
    /**
     * @param path a regular file
     * @throws std::runtime_error naming the path when it cannot be mapped
     */
    explicit MappedFile(const std::string& path);
    ~MappedFile();

    MappedFile(MappedFile&&) noexcept;
    MappedFile& operator=(MappedFile&&) noexcept;

    /// @return the first byte
    const std::byte* GetData() const;

    /// @return bytes of the file
    std::size_t GetSizeBytes() const;

    /// @return the path
    const std::string& GetPath() const;

    /**
     * Give the pages of a part back to the operating system; reading them again reads the file
     * again. Keeps a pass over a file larger than memory within a few tensors of memory.
     * @param offsetBytes first byte
     * @param sizeBytes how many; the part must lie within the file
     */
    void Release(std::size_t offsetBytes, std::size_t sizeBytes) const;

  private:
    struct Impl;                  //!< keeps Boost out of this header
    std::unique_ptr<Impl> m_impl; //!< the mapping
};

} // namespace ecld

#endif // ECLD_MAPPED_FILE_H
