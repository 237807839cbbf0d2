/*
 * Copyright (c) 2026 The llm-mec developers
 *
 * SPDX-License-Identifier: GPL-2.0-only
 */

#ifndef ECLD_GGML_LIBRARY_H
#define ECLD_GGML_LIBRARY_H

#include <cstddef>
#include <cstdint>
#include <dlfcn.h>
#include <string>
#include <vector>

namespace ecld
{

/**
 * @brief ggml's own quantisers, from the library that node-llama-cpp brings.
 *
 * Declared here as ggml.h has them, because the package has no headers.
 */
class GgmlLibrary
{
  public:
    /// @param folder where test/llama-client was installed
    explicit GgmlLibrary(const std::string& folder)
    {
        const std::string path =
            folder + "/node_modules/@node-llama-cpp/linux-x64/bins/linux-x64/libggml-base.so";
        m_handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        m_error = m_handle ? "" : dlerror();
    }

    GgmlLibrary(const GgmlLibrary&) = delete;
    GgmlLibrary& operator=(const GgmlLibrary&) = delete;

    ~GgmlLibrary()
    {
        if (m_handle)
        {
            dlclose(m_handle);
        }
    }

    /// @return why there is no library, empty where there is one
    const std::string& GetError() const
    {
        return m_error;
    }

    /**
     * ggml_quantize_chunk: what llama-quantize calls for every chunk of a tensor.
     * @param type of ggml
     * @param weights row by row
     * @param columns of a row
     * @param bytes of the result
     * @param squares mean square of the input of each column, which llama-imatrix measures; null
     *        for llama-quantize without such a file
     * @return blocks
     */
    std::vector<std::byte> Quantize(int type,
                                    const std::vector<float>& weights,
                                    std::size_t columns,
                                    std::size_t bytes,
                                    const float* squares = nullptr) const
    {
        using Function =
            size_t (*)(int, const float*, void*, int64_t, int64_t, int64_t, const float*);
        const auto quantize = reinterpret_cast<Function>(dlsym(m_handle, "ggml_quantize_chunk"));
        std::vector<std::byte> blocks(bytes);
        const std::size_t written = quantize(type,
                                             weights.data(),
                                             blocks.data(),
                                             0,
                                             static_cast<int64_t>(weights.size() / columns),
                                             static_cast<int64_t>(columns),
                                             squares);
        blocks.resize(written);
        return blocks;
    }

    /// dequantize_row_NAME @param name such as q4_1 @param blocks bytes @param count weights
    std::vector<float> Dequantize(const std::string& name,
                                  const std::vector<std::byte>& blocks,
                                  std::size_t count) const
    {
        using Function = void (*)(const void*, float*, int64_t);
        const auto dequantize =
            reinterpret_cast<Function>(dlsym(m_handle, ("dequantize_row_" + name).c_str()));
        std::vector<float> weights(count);
        dequantize(blocks.data(), weights.data(), static_cast<int64_t>(count));
        return weights;
    }

  private:
    void* m_handle;      //!< the library
    std::string m_error; //!< why it is not there
};

} // namespace ecld

#endif // ECLD_GGML_LIBRARY_H
