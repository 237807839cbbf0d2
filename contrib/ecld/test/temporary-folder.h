/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_TEMPORARY_FOLDER_H
#define ECLD_TEMPORARY_FOLDER_H

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>

namespace ecld
{

/// @brief A new, empty folder of the tests, removed with its content in the end.
class TemporaryFolder
{
  public:
    TemporaryFolder()
    {
        auto pattern = (std::filesystem::temp_directory_path() / "ecld-test-XXXXXX").string();
        if (mkdtemp(pattern.data()) == nullptr)
        {
            throw std::runtime_error(pattern + ": cannot be made");
        }
        m_path = pattern;
    }

    ~TemporaryFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    /// @return the folder
    std::string GetPath() const
    {
        return m_path.string();
    }

    /// @param name a file @return its path in the folder
    std::string operator/(const std::string& name) const
    {
        return (m_path / name).string();
    }

  private:
    std::filesystem::path m_path; //!< the folder
};

} // namespace ecld

#endif // ECLD_TEMPORARY_FOLDER_H
