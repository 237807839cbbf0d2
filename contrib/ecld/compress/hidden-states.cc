/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#include "hidden-states.h"

#include "base/format-error.h"

#include <ATen/ATen.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ecld
{

namespace
{

/// @param path of the file @return where it is written
std::string
GetPartPath(const std::string& path)
{
    return path + ".part";
}

/// Make a file of so many zero bytes, for which the disk has room.
void
Reserve(const std::string& path, int64_t sizeBytes)
{
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0)
    {
        base::ThrowFormatError(path, "", std::string("cannot be written: ") + strerror(errno));
    }
    const int error = posix_fallocate(file, 0, sizeBytes);
    close(file);
    if (error != 0)
    {
        unlink(path.c_str());
        base::ThrowFormatError(path,
                               "",
                               "cannot be written: " + std::to_string(sizeBytes) +
                                   " bytes of hidden states: " + strerror(error));
    }
}

/// @param path a file of rows x length x channels floats @param isShared whether what is written
/// goes to the file @return the mapping
at::Tensor
Map(const std::string& path, bool isShared, int64_t rows, int64_t length, int64_t channels)
{
    return at::from_file(path, isShared, rows * length * channels, at::TensorOptions(at::kFloat))
        .view({rows, length, channels});
}

} // namespace

HiddenStates::HiddenStates(std::string path, at::Tensor states)
    : m_path(std::move(path)),
      m_states(std::move(states))
{
}

HiddenStates
HiddenStates::Create(const std::string& path, int64_t rows, int64_t length, int64_t channels)
{
    const std::string part = GetPartPath(path);
    std::error_code error; // what is wrong is seen when the file is made
    std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
    Reserve(part, rows * length * channels * static_cast<int64_t>(sizeof(float)));
    return {path, Map(part, true, rows, length, channels)};
}

HiddenStates
HiddenStates::Open(const std::string& path, int64_t length, int64_t channels)
{
    const auto rowBytes = static_cast<std::uintmax_t>(length * channels) * sizeof(float);
    std::error_code error;
    const std::uintmax_t found = std::filesystem::file_size(path, error);
    if (error || found == 0 || found % rowBytes != 0)
    {
        base::ThrowFormatError(path,
                               "",
                               error ? "cannot be read: " + error.message()
                                     : "got " + std::to_string(found) +
                                           " bytes, expected whole rows of " +
                                           std::to_string(rowBytes));
    }
    return {path, Map(path, false, static_cast<int64_t>(found / rowBytes), length, channels)};
}

at::Tensor
HiddenStates::GetRows(int64_t first, int64_t count) const
{
    return m_states.narrow(0, first, count);
}

void
HiddenStates::Commit()
{
    std::error_code error;
    std::filesystem::rename(GetPartPath(m_path), m_path, error);
    if (error)
    {
        base::ThrowFormatError(m_path, "", "cannot be written: " + error.message());
    }
}

} // namespace ecld
