"""A GGUF file -> the same model with its weights as Q8_0."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import gguf

_OWN = ("general.architecture", "general.file_type", "general.quantization_version")


def requantise(source: Path, target: Path) -> None:
    """Write `target`; takes some seconds."""
    import gguf  # noqa: PLC0415 - it brings numpy, and is needed once.

    reader = gguf.GGUFReader(source)
    writer = gguf.GGUFWriter(target, reader.fields["general.architecture"].contents())
    _copy_fields(reader, writer)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    wanted = gguf.GGMLQuantizationType.Q8_0
    for tensor in reader.tensors:
        if tensor.tensor_type in (gguf.GGMLQuantizationType.F32, wanted):
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        else:
            plain = gguf.dequantize(tensor.data, tensor.tensor_type)
            writer.add_tensor(tensor.name, gguf.quantize(plain, wanted), raw_dtype=wanted)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _copy_fields(reader: "gguf.GGUFReader", writer: "gguf.GGUFWriter") -> None:
    import gguf  # noqa: PLC0415

    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name in _OWN:
            continue
        if field.types[0] is gguf.GGUFValueType.ARRAY:
            writer.add_array(name, field.contents())
        else:
            writer.add_key_value(name, field.contents(), field.types[0])
