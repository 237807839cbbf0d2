/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "mapped-file.h"

#include "base/format-error.h"
#include "base/regular-file.h"
#include "input-file.h"

#include <boost/iostreams/device/mapped_file.hpp>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <sys/mman.h>
#include <system_error>
#include <unistd.h>

namespace ecld
{

/// The mapping.
struct MappedFile::Impl
{
    std::string path;                            //!< the path
    boost::iostreams::mapped_file_source source; //!< the mapping; closed for an empty file
};

MappedFile::MappedFile(const std::string& path)
    : m_impl(std::make_unique<Impl>())
{
    m_impl->path = path;
    base::RequireRegularFile(path);
    std::error_code error;
    if (std::filesystem::file_size(path, error) == 0)
    {
        return; // nothing can be mapped
    }
    try
    {
        m_impl->source.open(path);
    }
    catch (const std::exception& e)
    {
        base::ThrowFormatError(path, "", std::string("cannot be mapped: ") + e.what());
    }
    RefuseLfsPointer(path, {m_impl->source.data(), m_impl->source.size()});
}

MappedFile::~MappedFile() = default;
MappedFile::MappedFile(MappedFile&&) noexcept = default;
MappedFile& MappedFile::operator=(MappedFile&&) noexcept = default;

const std::byte*
MappedFile::GetData() const
{
    return m_impl->source.is_open() ? reinterpret_cast<const std::byte*>(m_impl->source.data())
                                    : nullptr;
}

std::size_t
MappedFile::GetSizeBytes() const
{
    return m_impl->source.is_open() ? m_impl->source.size() : 0;
}

const std::string&
MappedFile::GetPath() const
{
    return m_impl->path;
}

void
MappedFile::Release(std::size_t offsetBytes, std::size_t sizeBytes) const
{
    const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
    const std::size_t begin = offsetBytes / page * page;
    if (offsetBytes >= GetSizeBytes() || sizeBytes > GetSizeBytes() - offsetBytes)
    {
        return;
    }
    // Only advice: where the system does not take it, the pages stay, and that is all.
    auto* address = const_cast<char*>(m_impl->source.data()) + begin;
    madvise(address, offsetBytes + sizeBytes - begin, MADV_DONTNEED);
}

} // namespace ecld
